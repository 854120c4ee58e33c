-- Filled from reference/provinces.csv.
CREATE TABLE IF NOT EXISTS provinces_rows (
  code       CHAR(2)     NOT NULL COMMENT 'vehicle plate code, 01 to 81',
  name       VARCHAR(60) COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (code),
  UNIQUE KEY provinces_name_uk (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=PLATFORM';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW provinces AS
  SELECT code, name FROM provinces_rows;

GRANT SELECT ON provinces TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('provinces', 'PLATFORM')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
