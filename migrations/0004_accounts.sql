-- One person, one sign-in, however many tenants he works for.
CREATE TABLE IF NOT EXISTS accounts_rows (
  id                   BINARY(16)   NOT NULL,
  email                VARCHAR(254) NOT NULL,
  password_hash        VARCHAR(255) NULL COMMENT 'none until a link has set it',
  password_changed_at  DATETIME(6)  NULL,
  must_change_password BOOLEAN      NOT NULL DEFAULT FALSE,
  email_confirmed_at   DATETIME(6)  NULL,
  locale               VARCHAR(5)   NOT NULL DEFAULT 'tr',
  version              BIGINT       NOT NULL DEFAULT 1,
  created_at           DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at           DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  UNIQUE KEY accounts_email_uk (email),
  CONSTRAINT accounts_locale_ck CHECK (locale IN ('tr', 'en'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=SELF';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW accounts AS
  SELECT id, email, password_hash, password_changed_at, must_change_password, email_confirmed_at,
         locale, version, created_at, updated_at
  FROM accounts_rows
  WHERE id = current_account()
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT,
  UPDATE (email, password_hash, password_changed_at, must_change_password, email_confirmed_at, locale, version, updated_at)
  ON accounts TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('accounts', 'SELF')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
