-- Inserted first in the transaction of the effect; the answer follows before commit.
CREATE TABLE IF NOT EXISTS idempotency_keys_rows (
  id              BINARY(16)        NOT NULL,
  tenant_id       BINARY(16)        NOT NULL,
  company_id      BINARY(16)        NULL,
  scope_hash      BINARY(32)        NOT NULL COMMENT 'actor, method, path and key',
  request_hash    BINARY(32)        NOT NULL,
  response_status SMALLINT UNSIGNED NULL,
  response_cipher MEDIUMBLOB        NULL COMMENT 'headers and body, encrypted',
  expires_at      DATETIME(6)       NOT NULL,
  created_at      DATETIME(6)       NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at      DATETIME(6)       NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY idempotency_keys_scope_uk (tenant_id, scope_hash),
  KEY idempotency_keys_expires_ix (expires_at),
  CONSTRAINT idempotency_keys_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW idempotency_keys AS
  SELECT id, tenant_id, company_id, scope_hash, request_hash, response_status, response_cipher, expires_at,
         created_at, updated_at
  FROM idempotency_keys_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT, UPDATE (request_hash, response_status, response_cipher, expires_at, updated_at)
  ON idempotency_keys TO application;
GRANT SELECT, DELETE ON idempotency_keys_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('idempotency_keys', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
