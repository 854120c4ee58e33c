-- A link in a mail is an id and HMAC(key, purpose | id | nonce); the row holds
-- the nonce, and nobody holds the link but the mail itself.
CREATE TABLE IF NOT EXISTS link_tokens_rows (
  id            BINARY(16)   NOT NULL,
  tenant_id     BINARY(16)   NOT NULL,
  company_id    BINARY(16)   NULL COMMENT 'of the CLIENT it is for',
  purpose       VARCHAR(14)  NOT NULL,
  account_id    BINARY(16)   NULL COMMENT 'all but INVITE',
  user_id       BINARY(16)   NULL,
  invitation_id BINARY(16)   NULL COMMENT 'INVITE only',
  nonce         BINARY(32)   NOT NULL,
  email         VARCHAR(254) NOT NULL COMMENT 'where the mail goes',
  payload       JSON         NOT NULL DEFAULT '{}',
  expires_at    DATETIME(6)  NOT NULL,
  used_at       DATETIME(6)  NULL,
  revoked_at    DATETIME(6)  NULL,
  created_at    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  live          TINYINT      AS (IF(used_at IS NULL AND revoked_at IS NULL, 1, NULL)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY link_tokens_id_uk (id),
  UNIQUE KEY link_tokens_account_purpose_live_uk (account_id, purpose, live),
  UNIQUE KEY link_tokens_invitation_live_uk (tenant_id, invitation_id, live),
  KEY link_tokens_user_ix (tenant_id, user_id),
  KEY link_tokens_expires_ix (expires_at),
  CONSTRAINT link_tokens_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id),
  CONSTRAINT link_tokens_company_fk FOREIGN KEY (tenant_id, company_id) REFERENCES companies_rows (tenant_id, id),
  CONSTRAINT link_tokens_account_fk FOREIGN KEY (account_id) REFERENCES accounts_rows (id),
  CONSTRAINT link_tokens_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES users_rows (tenant_id, id),
  CONSTRAINT link_tokens_invitation_fk FOREIGN KEY (tenant_id, invitation_id) REFERENCES invitations_rows (tenant_id, id),
  CONSTRAINT link_tokens_purpose_ck CHECK (purpose IN ('CONFIRM_EMAIL', 'RESET_PASSWORD', 'INVITE', 'CHANGE_EMAIL')),
  CONSTRAINT link_tokens_owner_ck CHECK (IF(purpose = 'INVITE', invitation_id IS NOT NULL AND account_id IS NULL,
                                            invitation_id IS NULL AND account_id IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW link_tokens AS
  SELECT id, tenant_id, company_id, purpose, account_id, user_id, invitation_id, nonce, email, payload, expires_at,
         used_at, revoked_at, created_at, updated_at
  FROM link_tokens_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

-- An account's tokens in whichever tenant they were asked for: a new one cancels the old.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW own_link_tokens AS
  SELECT id, tenant_id, purpose, account_id, email, expires_at, used_at, revoked_at, updated_at
  FROM link_tokens_rows
  WHERE account_id = current_account()
  WITH CASCADED CHECK OPTION;

-- A link says which row it names; this says which context to set before reading it.
CREATE OR REPLACE FUNCTION tenant_of_token(token_id BINARY(16)) RETURNS LONGTEXT CHARACTER SET utf8mb4
  READS SQL DATA SQL SECURITY DEFINER
  RETURN (SELECT JSON_OBJECT(
      'tenantId', LOWER(HEX(tenant_id)), 'companyId', LOWER(HEX(company_id)), 'userId', LOWER(HEX(user_id)),
      'accountId', LOWER(HEX(account_id)), 'invitationId', LOWER(HEX(invitation_id)), 'purpose', purpose)
    FROM link_tokens_rows WHERE id = token_id);

GRANT SELECT, INSERT, UPDATE (used_at, revoked_at, updated_at) ON link_tokens TO application;
GRANT SELECT, UPDATE (used_at, revoked_at, updated_at) ON own_link_tokens TO application;
GRANT EXECUTE ON FUNCTION tenant_of_token TO application;
GRANT SELECT, DELETE ON link_tokens_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('link_tokens', 'COMPANY'), ('own_link_tokens', 'SELF')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
