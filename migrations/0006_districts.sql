-- Filled from reference/districts.csv.
CREATE TABLE IF NOT EXISTS districts_rows (
  code          VARCHAR(5)  NOT NULL COMMENT 'district code of the national address database',
  province_code CHAR(2)     NOT NULL,
  name          VARCHAR(80) COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  created_at    DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at    DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (code),
  UNIQUE KEY districts_province_name_uk (province_code, name),
  UNIQUE KEY districts_province_code_uk (province_code, code),
  CONSTRAINT districts_province_fk FOREIGN KEY (province_code) REFERENCES provinces_rows (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=PLATFORM';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW districts AS
  SELECT code, province_code, name FROM districts_rows;

GRANT SELECT ON districts TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('districts', 'PLATFORM')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
