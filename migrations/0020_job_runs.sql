-- Runs of the schedules. The scheduled time is the key, so that a schedule that
-- fires twice works once; a run for all tenants names none.
CREATE TABLE IF NOT EXISTS job_runs_rows (
  id            BINARY(16)   NOT NULL,
  tenant_id     BINARY(16)   NULL,
  name          VARCHAR(60)  NOT NULL,
  scheduled_for DATETIME(6)  NOT NULL,
  state         VARCHAR(7)   NOT NULL DEFAULT 'RUNNING',
  started_at    DATETIME(6)  NOT NULL,
  finished_at   DATETIME(6)  NULL,
  scanned       INT UNSIGNED NOT NULL DEFAULT 0,
  done          INT UNSIGNED NOT NULL DEFAULT 0,
  failed        INT UNSIGNED NOT NULL DEFAULT 0,
  error         VARCHAR(500) NULL COMMENT 'no names, no ids of other tenants: every ADMIN may read it',
  created_at    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  tenant_key    BINARY(16)   AS (COALESCE(tenant_id, UNHEX('00000000000000000000000000000000'))) STORED,
  PRIMARY KEY (id),
  UNIQUE KEY job_runs_name_time_uk (name, scheduled_for, tenant_key),
  KEY job_runs_started_ix (started_at, id),
  KEY job_runs_tenant_ix (tenant_id, started_at),
  CONSTRAINT job_runs_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id),
  CONSTRAINT job_runs_state_ck CHECK (state IN ('RUNNING', 'DONE', 'FAILED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=STAFF';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW job_runs AS
  SELECT id, tenant_id, name, scheduled_for, state, started_at, finished_at, scanned, done, failed, error
  FROM job_runs_rows
  WHERE (tenant_id = current_tenant() OR tenant_id IS NULL) AND current_tenant() IS NOT NULL AND all_companies();

GRANT SELECT ON job_runs TO application;
GRANT SELECT, INSERT, UPDATE, DELETE ON job_runs_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('job_runs', 'STAFF')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
