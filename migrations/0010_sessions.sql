-- A signed-in device. A refresh token is the session's id and a nonce under a
-- signature, so the row holds nonces and no token; the successor of the
-- previous nonce is the current one, which makes a repeated refresh harmless.
CREATE TABLE IF NOT EXISTS sessions_rows (
  id                     BINARY(16)   NOT NULL,
  tenant_id              BINARY(16)   NOT NULL,
  user_id                BINARY(16)   NOT NULL,
  account_id             BINARY(16)   NOT NULL,
  client                 VARCHAR(7)   NOT NULL,
  session_version        BIGINT       NOT NULL COMMENT 'of the user when the session was made',
  remember               BOOLEAN      NOT NULL DEFAULT FALSE,
  user_agent             VARCHAR(255) NULL,
  ip_prefix              VARCHAR(45)  NULL,
  last_seen_at           DATETIME(6)  NOT NULL,
  expires_at             DATETIME(6)  NOT NULL COMMENT 'absolute',
  idle_seconds           INT UNSIGNED NOT NULL,
  refresh_nonce          BINARY(32)   NULL COMMENT 'mobile only',
  refresh_previous_nonce BINARY(32)   NULL,
  refresh_rotated_at     DATETIME(6)  NULL,
  ended_at               DATETIME(6)  NULL,
  end_reason             VARCHAR(20)  NULL,
  created_at             DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at             DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY sessions_id_uk (id),
  KEY sessions_account_ix (account_id, ended_at, expires_at),
  KEY sessions_expires_ix (expires_at),
  CONSTRAINT sessions_user_fk FOREIGN KEY (tenant_id, user_id, account_id) REFERENCES users_rows (tenant_id, id, account_id),
  CONSTRAINT sessions_client_ck CHECK (client IN ('BROWSER', 'MOBILE')),
  CONSTRAINT sessions_refresh_ck CHECK (client = 'MOBILE' OR refresh_nonce IS NULL),
  CONSTRAINT sessions_end_ck CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=SELF';

-- By account, not by tenant: "sign out everywhere" means every tenant. The
-- foreign key keeps a session from naming a user of another account.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW sessions AS
  SELECT id, tenant_id, user_id, account_id, client, session_version, remember, user_agent, ip_prefix, last_seen_at,
         expires_at, idle_seconds, refresh_nonce, refresh_previous_nonce, refresh_rotated_at, ended_at, end_reason,
         created_at, updated_at
  FROM sessions_rows
  WHERE account_id = current_account()
  WITH CASCADED CHECK OPTION;

-- All that the guard asks about a session, in one read.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW session_checks AS
  SELECT s.id, s.tenant_id, s.user_id, s.account_id, s.client, s.session_version, s.remember, s.last_seen_at,
         s.expires_at, s.idle_seconds, s.ended_at, s.end_reason,
         u.company_id, u.role, u.name AS user_name, u.is_active AS user_is_active, u.is_company_admin,
         u.session_version AS user_session_version,
         a.email, a.locale, a.must_change_password,
         t.status AS tenant_status, t.require_mfa
  FROM sessions_rows s
  JOIN users_rows u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
  JOIN accounts_rows a ON a.id = s.account_id
  JOIN tenants_rows t ON t.id = s.tenant_id
  WHERE s.account_id = current_account();

GRANT SELECT, INSERT,
  UPDATE (last_seen_at, expires_at, refresh_nonce, refresh_previous_nonce, refresh_rotated_at, ended_at, end_reason,
          session_version, updated_at)
  ON sessions TO application;
GRANT SELECT ON session_checks TO application;
GRANT SELECT, UPDATE, DELETE ON sessions_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('sessions', 'SELF'), ('session_checks', 'SELF')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
