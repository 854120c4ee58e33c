-- Figures, not code: an operator changes a row and the functions follow within
-- their reload time. A limit that counts failures is asked before the attempt
-- and charged after it.
CREATE TABLE IF NOT EXISTS rate_limits_rows (
  name           VARCHAR(40)  NOT NULL,
  subject        VARCHAR(7)   NOT NULL COMMENT 'what the key is made of',
  max_requests   INT UNSIGNED NOT NULL,
  window_seconds INT UNSIGNED NOT NULL,
  fail_mode      VARCHAR(6)   NOT NULL COMMENT 'without Redis: OPEN lets pass, CLOSED answers 503',
  created_at     DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at     DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (name),
  CONSTRAINT rate_limits_subject_ck CHECK (subject IN ('USER', 'ADDRESS', 'EMAIL')),
  CONSTRAINT rate_limits_fail_mode_ck CHECK (fail_mode IN ('OPEN', 'CLOSED')),
  CONSTRAINT rate_limits_figures_ck CHECK (max_requests > 0 AND window_seconds > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=PLATFORM';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW rate_limits AS
  SELECT name, subject, max_requests, window_seconds, fail_mode FROM rate_limits_rows;

GRANT SELECT ON rate_limits TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('rate_limits', 'PLATFORM')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);

-- A figure that an operator has changed stays: the names are set, not the numbers.
INSERT INTO rate_limits_rows (name, subject, max_requests, window_seconds, fail_mode) VALUES
  ('GLOBAL',               'ADDRESS',  500,    60, 'OPEN'),
  ('PAGE',                 'ADDRESS',   50,    10, 'OPEN'),
  ('API',                  'ADDRESS',  100,    60, 'OPEN'),
  ('AUTH',                 'ADDRESS',   10,    60, 'CLOSED'),
  ('BOT',                  'ADDRESS',    5,    60, 'OPEN'),
  ('AUTHENTICATED',        'USER',    1000,    60, 'OPEN'),
  ('ADMIN',                'USER',    5000,    60, 'OPEN'),
  ('LOGIN_EMAIL',          'EMAIL',      5,   900, 'CLOSED'),
  ('LOGIN_ADDRESS',        'ADDRESS',   20,   900, 'CLOSED'),
  ('REGISTER_ADDRESS',     'ADDRESS',    5,  3600, 'CLOSED'),
  ('RESET_EMAIL',          'EMAIL',      3,  3600, 'CLOSED'),
  ('RESET_ADDRESS',        'ADDRESS',   10,  3600, 'CLOSED'),
  ('RESET_CONSUME',        'ADDRESS',   10,  3600, 'CLOSED'),
  ('UPLOAD',               'USER',      60,  3600, 'OPEN'),
  ('EXPORT',               'USER',      10,  3600, 'OPEN'),
  ('DEMO_ACCESS',          'ADDRESS',    5,   900, 'CLOSED'),
  ('CONTACT_FORM',         'ADDRESS',    5,  3600, 'CLOSED'),
  ('PROPOSAL_VIEW',        'ADDRESS',   10,  3600, 'OPEN'),
  ('PROPOSAL_APPROVE',     'ADDRESS',    5,  3600, 'CLOSED'),
  ('INVOICE_CREATE',       'USER',       5,    60, 'OPEN'),
  ('DOMAIN_SEARCH',        'USER',      30,  3600, 'OPEN'),
  ('DOMAIN_SEARCH_PUBLIC', 'ADDRESS',   20,  3600, 'OPEN'),
  ('ANALYTICS_BEACON',     'ADDRESS',   60,    60, 'OPEN'),
  ('PUBLIC_BLOG',          'ADDRESS',  100,  3600, 'OPEN'),
  ('AI_GENERATION',        'USER',      10,  3600, 'CLOSED'),
  ('AI_GENERATION_DAY',    'USER',      50, 86400, 'CLOSED'),
  ('API_KEY',              'USER',    1000,  3600, 'OPEN')
  ON DUPLICATE KEY UPDATE subject = VALUES(subject), fail_mode = VALUES(fail_mode);
