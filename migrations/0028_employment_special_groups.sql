-- Apart from the employment, because fewer people may read it: clients see nothing.
CREATE TABLE IF NOT EXISTS employment_special_groups_rows (
  tenant_id       BINARY(16)  NOT NULL,
  company_id      BINARY(16)  NOT NULL,
  employment_id   BINARY(16)  NOT NULL,
  is_disabled     BOOLEAN     NOT NULL DEFAULT FALSE,
  is_pregnant     BOOLEAN     NOT NULL DEFAULT FALSE,
  is_night_shift  BOOLEAN     NOT NULL DEFAULT FALSE,
  is_young_worker BOOLEAN     NOT NULL DEFAULT FALSE,
  version         BIGINT      NOT NULL DEFAULT 1,
  created_at      DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at      DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, employment_id),
  CONSTRAINT employment_special_groups_employment_fk FOREIGN KEY (tenant_id, company_id, employment_id)
    REFERENCES employments_rows (tenant_id, company_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=STAFF';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW employment_special_groups AS
  SELECT tenant_id, company_id, employment_id, is_disabled, is_pregnant, is_night_shift, is_young_worker, version,
         created_at, updated_at
  FROM employment_special_groups_rows
  WHERE tenant_id = current_tenant() AND all_companies()
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT, UPDATE (is_disabled, is_pregnant, is_night_shift, is_young_worker, version, updated_at)
  ON employment_special_groups TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('employment_special_groups', 'STAFF')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
