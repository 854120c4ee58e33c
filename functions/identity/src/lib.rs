//! Sign-in, sessions, users, invitations and the own tenant.
