-- Long work a user has started.
CREATE TABLE IF NOT EXISTS jobs_rows (
  id                  BINARY(16)   NOT NULL,
  tenant_id           BINARY(16)   NOT NULL,
  company_id          BINARY(16)   NULL,
  kind                VARCHAR(40)  NOT NULL,
  state               VARCHAR(9)   NOT NULL DEFAULT 'QUEUED',
  progress            INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'items done',
  total               INT UNSIGNED NULL,
  input               JSON         NOT NULL DEFAULT '{}',
  result              JSON         NULL,
  error_code          VARCHAR(60)  NULL,
  error               VARCHAR(500) NULL,
  requested_by        BINARY(16)   NOT NULL,
  cancel_requested_at DATETIME(6)  NULL,
  started_at          DATETIME(6)  NULL,
  finished_at         DATETIME(6)  NULL,
  version             BIGINT       NOT NULL DEFAULT 1,
  created_at          DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at          DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, id),
  KEY jobs_created_ix (tenant_id, created_at, id),
  KEY jobs_state_ix (state, updated_at),
  CONSTRAINT jobs_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id),
  CONSTRAINT jobs_company_fk FOREIGN KEY (tenant_id, company_id) REFERENCES companies_rows (tenant_id, id),
  CONSTRAINT jobs_requested_by_fk FOREIGN KEY (tenant_id, requested_by) REFERENCES users_rows (tenant_id, id),
  CONSTRAINT jobs_state_ck CHECK (state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW jobs AS
  SELECT id, tenant_id, company_id, kind, state, progress, total, input, result, error_code, error, requested_by,
         cancel_requested_at, started_at, finished_at, version, created_at, updated_at
  FROM jobs_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT,
  UPDATE (state, progress, total, result, error_code, error, cancel_requested_at, started_at, finished_at, version, updated_at)
  ON jobs TO application;
GRANT SELECT, UPDATE, DELETE ON jobs_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('jobs', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
