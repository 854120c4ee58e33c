-- What is wrong with the rows of a file, as the job that looked at them found
-- it: field, code and text, never the value.
CREATE TABLE IF NOT EXISTS import_errors_rows (
  tenant_id  BINARY(16)   NOT NULL,
  company_id BINARY(16)   NOT NULL,
  import_id  BINARY(16)   NOT NULL,
  job_id     BINARY(16)   NOT NULL,
  sheet_row  INT UNSIGNED NOT NULL COMMENT 'as a spreadsheet shows it',
  is_taken   BOOLEAN      NOT NULL DEFAULT FALSE COMMENT 'the row is fine, and only a hint is given',
  details    JSON         NOT NULL COMMENT '[{field, column, code, tr, en}]',
  created_at DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, job_id, sheet_row),
  KEY import_errors_created_ix (created_at),
  CONSTRAINT import_errors_import_fk FOREIGN KEY (tenant_id, company_id, import_id)
    REFERENCES imports_rows (tenant_id, company_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW import_errors AS
  SELECT tenant_id, company_id, import_id, job_id, sheet_row, is_taken, details, created_at
  FROM import_errors_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT ON import_errors TO application;
GRANT SELECT, DELETE ON import_errors_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('import_errors', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
