-- One row for each mail; the dedupe key (template|entity|event) lets it go once.
CREATE TABLE IF NOT EXISTS email_sends_rows (
  id            BINARY(16)   NOT NULL,
  tenant_id     BINARY(16)   NOT NULL,
  dedupe_key    VARCHAR(255) NOT NULL,
  template      VARCHAR(60)  NOT NULL,
  locale        VARCHAR(5)   NOT NULL DEFAULT 'tr',
  recipient     VARCHAR(254) NOT NULL,
  params        JSON         NOT NULL DEFAULT '{}' COMMENT 'what the template prints; never a secret, never a link',
  link_token_id BINARY(16)   NULL,
  state         VARCHAR(10)  NOT NULL DEFAULT 'QUEUED',
  attempts      INT UNSIGNED NOT NULL DEFAULT 0,
  last_error    VARCHAR(500) NULL,
  message_id    VARCHAR(255) NULL COMMENT 'the mail''s own Message-ID',
  sent_at       DATETIME(6)  NULL,
  created_at    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY email_sends_dedupe_uk (tenant_id, dedupe_key),
  KEY email_sends_state_ix (state, updated_at),
  KEY email_sends_recipient_ix (tenant_id, recipient, created_at),
  CONSTRAINT email_sends_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id),
  CONSTRAINT email_sends_locale_ck CHECK (locale IN ('tr', 'en')),
  CONSTRAINT email_sends_state_ck CHECK (state IN ('QUEUED', 'SENDING', 'SENT', 'DELIVERED', 'BOUNCED', 'COMPLAINED', 'FAILED', 'SUPPRESSED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=STAFF';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW email_sends AS
  SELECT id, tenant_id, dedupe_key, template, locale, recipient, params, link_token_id, state, attempts, last_error,
         message_id, sent_at, created_at, updated_at
  FROM email_sends_rows
  WHERE tenant_id = current_tenant() AND all_companies()
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT, UPDATE (state, attempts, last_error, message_id, sent_at, updated_at) ON email_sends TO application;
GRANT SELECT, UPDATE, DELETE ON email_sends_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('email_sends', 'STAFF')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
