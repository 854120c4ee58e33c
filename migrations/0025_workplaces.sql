-- The SGK registration, not the company, is the unit of headcount and danger class.
CREATE TABLE IF NOT EXISTS workplaces_rows (
  id                           BINARY(16)    NOT NULL,
  tenant_id                    BINARY(16)    NOT NULL,
  company_id                   BINARY(16)    NOT NULL,
  title                        VARCHAR(255)  COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  sgk_no                       CHAR(26)      NULL COMMENT 'with the three digits of the sub-employer',
  nace_code                    CHAR(6)       NULL,
  derived_danger_class         VARCHAR(14)   NOT NULL DEFAULT 'LESS_DANGEROUS' COMMENT 'what the NACE code says',
  danger_class_override        VARCHAR(14)   NULL,
  danger_class_override_reason VARCHAR(500)  COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  danger_class_override_by     BINARY(16)    NULL,
  danger_class_override_at     DATETIME(6)   NULL,
  danger_class                 VARCHAR(14)   AS (COALESCE(danger_class_override, derived_danger_class)) STORED COMMENT 'the one that counts',
  province_code                CHAR(2)       NULL,
  district_code                VARCHAR(5)    NULL,
  address                      TEXT          COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  employer_representative      VARCHAR(255)  COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  latitude                     DECIMAL(9, 6) NULL,
  longitude                    DECIMAL(9, 6) NULL,
  shift_info                   VARCHAR(500)  COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  opened_at                    DATE          NULL,
  closed_at                    DATE          NULL,
  is_active                    BOOLEAN       NOT NULL DEFAULT TRUE,
  search_key                   VARCHAR(600)  NOT NULL DEFAULT '',
  version                      BIGINT        NOT NULL DEFAULT 1,
  created_at                   DATETIME(6)   NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at                   DATETIME(6)   NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  deleted_at                   DATETIME(6)   NULL,
  live                         TINYINT       AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY workplaces_tenant_company_id_uk (tenant_id, company_id, id),
  UNIQUE KEY workplaces_tenant_sgk_no_live_uk (tenant_id, sgk_no, live),
  KEY workplaces_company_ix (tenant_id, company_id, deleted_at, title, id),
  KEY workplaces_title_ix (tenant_id, deleted_at, title, id),
  KEY workplaces_created_ix (tenant_id, deleted_at, created_at, id),
  CONSTRAINT workplaces_company_fk FOREIGN KEY (tenant_id, company_id) REFERENCES companies_rows (tenant_id, id),
  CONSTRAINT workplaces_province_code_fk FOREIGN KEY (province_code) REFERENCES provinces_rows (code),
  CONSTRAINT workplaces_district_code_fk FOREIGN KEY (province_code, district_code) REFERENCES districts_rows (province_code, code),
  CONSTRAINT workplaces_override_by_fk FOREIGN KEY (tenant_id, danger_class_override_by) REFERENCES users_rows (tenant_id, id),
  CONSTRAINT workplaces_derived_class_ck CHECK (derived_danger_class IN ('LESS_DANGEROUS', 'DANGEROUS', 'VERY_DANGEROUS')),
  CONSTRAINT workplaces_override_class_ck CHECK (danger_class_override IN ('LESS_DANGEROUS', 'DANGEROUS', 'VERY_DANGEROUS')),
  CONSTRAINT workplaces_override_reason_ck CHECK (danger_class_override IS NULL OR danger_class_override_reason IS NOT NULL),
  CONSTRAINT workplaces_dates_ck CHECK (closed_at >= opened_at),
  CONSTRAINT workplaces_place_ck CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW workplaces_all AS
  SELECT id, tenant_id, company_id, title, sgk_no, nace_code, derived_danger_class, danger_class_override,
         danger_class_override_reason, danger_class_override_by, danger_class_override_at, danger_class,
         province_code, district_code, address, employer_representative, latitude, longitude, shift_info,
         opened_at, closed_at, is_active, search_key, version, created_at, updated_at, deleted_at
  FROM workplaces_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW workplaces AS
  SELECT * FROM workplaces_all WHERE deleted_at IS NULL
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT,
  UPDATE (title, sgk_no, nace_code, derived_danger_class, danger_class_override, danger_class_override_reason,
          danger_class_override_by, danger_class_override_at, province_code, district_code, address,
          employer_representative, latitude, longitude, shift_info, opened_at, closed_at, is_active, search_key,
          version, updated_at)
  ON workplaces TO application;
GRANT SELECT, UPDATE (deleted_at, is_active, version, updated_at) ON workplaces_all TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('workplaces', 'COMPANY'), ('workplaces_all', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
