//! E-mail, from the queue to the mail server.
