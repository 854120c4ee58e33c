-- A file of employees that somebody brought: where it stands is what its two
-- jobs say, the dry run and the applying. The file itself is an object of the
-- bucket under the import's id.
CREATE TABLE IF NOT EXISTS imports_rows (
  id            BINARY(16)        NOT NULL,
  tenant_id     BINARY(16)        NOT NULL,
  company_id    BINARY(16)        NOT NULL,
  workplace_id  BINARY(16)        NULL COMMENT 'where everybody in the file works, unless the file says it',
  file_name     VARCHAR(150)      COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  file_bytes    INT UNSIGNED      NOT NULL COMMENT 'as it was announced',
  file_kind     VARCHAR(4)        NULL COMMENT 'by its first bytes, once it is there',
  checksum      BINARY(32)        NULL COMMENT 'SHA-256 of the file that was checked: only that file is applied',
  choice        JSON              NULL COMMENT 'the columns that were chosen; none when the headers say it',
  columns       JSON              NULL COMMENT 'the columns that were found, long numbers hidden',
  problem       JSON              NULL COMMENT 'why the file as a whole cannot be read',
  counts        JSON              NULL COMMENT 'of the dry run, then of what was applied',
  check_job     BINARY(16)        NULL,
  apply_job     BINARY(16)        NULL,
  requested_by  BINARY(16)        NOT NULL,
  file_gone_at  DATETIME(6)       NULL COMMENT 'the file has been deleted',
  version       BIGINT            NOT NULL DEFAULT 1,
  created_at    DATETIME(6)       NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at    DATETIME(6)       NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY imports_tenant_company_id_uk (tenant_id, company_id, id),
  KEY imports_created_ix (tenant_id, created_at, id),
  KEY imports_company_created_ix (tenant_id, company_id, created_at, id),
  KEY imports_updated_ix (updated_at),
  CONSTRAINT imports_company_fk FOREIGN KEY (tenant_id, company_id) REFERENCES companies_rows (tenant_id, id),
  CONSTRAINT imports_workplace_fk FOREIGN KEY (tenant_id, company_id, workplace_id) REFERENCES workplaces_rows (tenant_id, company_id, id),
  CONSTRAINT imports_requested_by_fk FOREIGN KEY (tenant_id, requested_by) REFERENCES users_rows (tenant_id, id),
  CONSTRAINT imports_file_kind_ck CHECK (file_kind IN ('CSV', 'XLSX'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW imports AS
  SELECT id, tenant_id, company_id, workplace_id, file_name, file_bytes, file_kind, checksum, choice, columns, problem,
         counts, check_job, apply_job, requested_by, file_gone_at, version, created_at, updated_at
  FROM imports_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT,
  UPDATE (workplace_id, file_kind, checksum, choice, columns, problem, counts, check_job, apply_job, file_gone_at,
          version, updated_at)
  ON imports TO application;
GRANT SELECT, DELETE ON imports_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('imports', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
