-- Which reference data was loaded, by whom and from what: an operator's file
-- stays until a release brings a newer one.
CREATE TABLE IF NOT EXISTS reference_loads_rows (
  id               BINARY(16)   NOT NULL,
  table_name       VARCHAR(60)  NOT NULL,
  origin           VARCHAR(8)   NOT NULL,
  source           VARCHAR(200) COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL COMMENT 'as the operator names it',
  checksum         CHAR(64)     NOT NULL COMMENT 'SHA-256 of the file that was loaded',
  release_checksum CHAR(64)     NOT NULL COMMENT 'of the file that the release of that time carried',
  rows_total       INT UNSIGNED NOT NULL,
  rows_added       INT UNSIGNED NOT NULL,
  rows_changed     INT UNSIGNED NOT NULL,
  rows_withdrawn   INT UNSIGNED NOT NULL,
  created_at       DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  KEY reference_loads_table_ix (table_name, created_at),
  CONSTRAINT reference_loads_origin_ck CHECK (origin IN ('RELEASE', 'OPERATOR'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=SYSTEM';

-- Housekeeping looks for workplaces whose activity has got another class.
GRANT SELECT (tenant_id, id, nace_code, derived_danger_class, deleted_at) ON workplaces_rows TO system_tasks;
GRANT SELECT (code, danger_class) ON nace_codes_rows TO system_tasks;
