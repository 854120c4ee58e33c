-- Filled from reference/nace_codes.csv. Registers hold a code without a foreign
-- key: the communiqué changes every year, and a code it drops stays in use.
CREATE TABLE IF NOT EXISTS nace_codes_rows (
  code         CHAR(6)       NOT NULL,
  title        VARCHAR(1000) COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  danger_class VARCHAR(14)   NOT NULL,
  is_current   BOOLEAN       NOT NULL DEFAULT TRUE COMMENT 'false: dropped from the list, still in use in old registers',
  source       VARCHAR(100)  COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  search_key   VARCHAR(1000) NOT NULL DEFAULT '' COMMENT 'the title, Turkish-folded; written by the loader',
  created_at   DATETIME(6)   NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at   DATETIME(6)   NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (code),
  CONSTRAINT nace_codes_code_ck CHECK (code REGEXP '^[0-9]{6}$'),
  CONSTRAINT nace_codes_danger_class_ck CHECK (danger_class IN ('LESS_DANGEROUS', 'DANGEROUS', 'VERY_DANGEROUS'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=PLATFORM';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW nace_codes AS
  SELECT code, title, danger_class, is_current, source, search_key FROM nace_codes_rows;

GRANT SELECT ON nace_codes TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('nace_codes', 'PLATFORM')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
