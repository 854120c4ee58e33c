-- What is sent to people who did not ask for it: by recipient, whoever orders
-- it, and by whoever invites.
INSERT INTO rate_limits_rows (name, subject, max_requests, window_seconds, fail_mode) VALUES
  ('MAIL_RECIPIENT', 'EMAIL', 10, 3600, 'OPEN'),
  ('INVITE',         'USER', 200, 3600, 'OPEN')
  ON DUPLICATE KEY UPDATE subject = VALUES(subject), fail_mode = VALUES(fail_mode);
