-- Append-only: the application may add and read, nobody may change; a task
-- closes the hash chain afterwards. The action is not a CHECK list, because a
-- value that a later feature adds must never cost a record.
CREATE TABLE IF NOT EXISTS audit_log_rows (
  id                BINARY(16)   NOT NULL,
  tenant_id         BINARY(16)   NOT NULL,
  company_id        BINARY(16)   NULL,
  action            VARCHAR(40)  NOT NULL,
  entity            VARCHAR(60)  NOT NULL,
  entity_id         BINARY(16)   NULL,
  actor_user_id     BINARY(16)   NULL,
  actor_name        VARCHAR(255) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL COMMENT 'as it was then',
  actor_email       VARCHAR(254) NULL COMMENT 'as it was then',
  acting_company_id BINARY(16)   NULL COMMENT 'the company an ADMIN looked at the portal as',
  request_id        VARCHAR(128) NULL,
  ip                VARCHAR(45)  NULL,
  user_agent        VARCHAR(255) NULL,
  changes           JSON         NOT NULL DEFAULT '{}' COMMENT '{field: {before, after}}, secrets and health data masked',
  created_at        DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  previous_hash     BINARY(32)   NULL,
  row_hash          BINARY(32)   NULL,
  PRIMARY KEY (tenant_id, id),
  KEY audit_log_created_ix (tenant_id, created_at, id),
  KEY audit_log_entity_ix (tenant_id, entity, entity_id, created_at, id),
  KEY audit_log_action_ix (tenant_id, action, created_at, id),
  KEY audit_log_actor_ix (tenant_id, actor_user_id, created_at, id),
  KEY audit_log_company_ix (tenant_id, company_id, created_at, id),
  CONSTRAINT audit_log_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW audit_log AS
  SELECT id, tenant_id, company_id, action, entity, entity_id, actor_user_id, actor_name, actor_email,
         acting_company_id, request_id, ip, user_agent, changes, created_at
  FROM audit_log_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT ON audit_log TO application;
GRANT SELECT, INSERT, UPDATE (previous_hash, row_hash) ON audit_log_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('audit_log', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
