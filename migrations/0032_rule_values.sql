-- Legal figures by the day they hold. A row is looked up by rule, day, danger
-- class and, where it has a band, by the headcount in it; a deadline keeps the
-- id of the row it was computed from.
CREATE TABLE IF NOT EXISTS rule_values_rows (
  id           INT UNSIGNED   NOT NULL,
  rule_id      VARCHAR(60)    NOT NULL,
  valid_from   DATE           NOT NULL,
  valid_to     DATE           NULL COMMENT 'the last day; none while it holds',
  danger_class VARCHAR(14)    NULL COMMENT 'none for every class',
  band_from    INT UNSIGNED   NULL COMMENT 'headcount, both ends in the band',
  band_to      INT UNSIGNED   NULL,
  value        DECIMAL(15, 4) NOT NULL,
  unit         VARCHAR(40)    NOT NULL,
  source       VARCHAR(500)   COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  verified     BOOLEAN        NOT NULL DEFAULT FALSE COMMENT 'checked against a public source',
  created_at   DATETIME(6)    NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at   DATETIME(6)    NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  KEY rule_values_rule_ix (rule_id, valid_from),
  CONSTRAINT rule_values_danger_class_ck CHECK (danger_class IN ('LESS_DANGEROUS', 'DANGEROUS', 'VERY_DANGEROUS')),
  CONSTRAINT rule_values_dates_ck CHECK (valid_to >= valid_from),
  CONSTRAINT rule_values_band_ck CHECK (band_to >= band_from)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=PLATFORM';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW rule_values AS
  SELECT id, rule_id, valid_from, valid_to, danger_class, band_from, band_to, value, unit, source, verified
  FROM rule_values_rows;

GRANT SELECT ON rule_values TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('rule_values', 'PLATFORM')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);

-- A row that is there stays as it is: a correction is a new row, or an operator's.
INSERT INTO rule_values_rows (id, rule_id, valid_from, danger_class, band_from, band_to, value, unit, source, verified) VALUES
  (101, 'service.minutes.SAFETY_EXPERT', '2015-04-30', 'LESS_DANGEROUS', NULL, NULL, 10, 'minutes per employee per month', 'İş Güvenliği Uzmanları Yönetmeliği m.12 (RG 29.12.2012/28512, değ. 30.4.2015)', TRUE),
  (102, 'service.minutes.SAFETY_EXPERT', '2015-04-30', 'DANGEROUS',      NULL, NULL, 20, 'minutes per employee per month', 'İş Güvenliği Uzmanları Yönetmeliği m.12 (RG 29.12.2012/28512, değ. 30.4.2015)', TRUE),
  (103, 'service.minutes.SAFETY_EXPERT', '2015-04-30', 'VERY_DANGEROUS', NULL, NULL, 40, 'minutes per employee per month', 'İş Güvenliği Uzmanları Yönetmeliği m.12 (RG 29.12.2012/28512, değ. 30.4.2015)', TRUE),
  (111, 'service.full-time.SAFETY_EXPERT', '2015-04-30', 'LESS_DANGEROUS', NULL, NULL, 1000, 'employees per full-time professional', 'İş Güvenliği Uzmanları Yönetmeliği m.12 (RG 29.12.2012/28512, değ. 30.4.2015)', TRUE),
  (112, 'service.full-time.SAFETY_EXPERT', '2015-04-30', 'DANGEROUS',      NULL, NULL,  500, 'employees per full-time professional', 'İş Güvenliği Uzmanları Yönetmeliği m.12 (RG 29.12.2012/28512, değ. 30.4.2015)', TRUE),
  (113, 'service.full-time.SAFETY_EXPERT', '2015-04-30', 'VERY_DANGEROUS', NULL, NULL,  250, 'employees per full-time professional', 'İş Güvenliği Uzmanları Yönetmeliği m.12 (RG 29.12.2012/28512, değ. 30.4.2015)', TRUE),
  (121, 'service.minutes.PHYSICIAN', '2014-12-18', 'LESS_DANGEROUS', NULL, NULL,  5, 'minutes per employee per month', 'İşyeri Hekimi ve Diğer Sağlık Personeli Yönetmeliği m.12 (RG 20.7.2013/28713, değ. 18.12.2014)', TRUE),
  (122, 'service.minutes.PHYSICIAN', '2014-12-18', 'DANGEROUS',      NULL, NULL, 10, 'minutes per employee per month', 'İşyeri Hekimi ve Diğer Sağlık Personeli Yönetmeliği m.12 (RG 20.7.2013/28713, değ. 18.12.2014)', TRUE),
  (123, 'service.minutes.PHYSICIAN', '2014-12-18', 'VERY_DANGEROUS', NULL, NULL, 15, 'minutes per employee per month', 'İşyeri Hekimi ve Diğer Sağlık Personeli Yönetmeliği m.12 (RG 20.7.2013/28713, değ. 18.12.2014)', TRUE),
  (131, 'service.full-time.PHYSICIAN', '2014-12-18', 'LESS_DANGEROUS', NULL, NULL, 2000, 'employees per full-time professional', 'İşyeri Hekimi ve Diğer Sağlık Personeli Yönetmeliği m.12 (RG 20.7.2013/28713, değ. 18.12.2014)', TRUE),
  (132, 'service.full-time.PHYSICIAN', '2014-12-18', 'DANGEROUS',      NULL, NULL, 1000, 'employees per full-time professional', 'İşyeri Hekimi ve Diğer Sağlık Personeli Yönetmeliği m.12 (RG 20.7.2013/28713, değ. 18.12.2014)', TRUE),
  (133, 'service.full-time.PHYSICIAN', '2014-12-18', 'VERY_DANGEROUS', NULL, NULL,  750, 'employees per full-time professional', 'İşyeri Hekimi ve Diğer Sağlık Personeli Yönetmeliği m.12 (RG 20.7.2013/28713, değ. 18.12.2014)', TRUE),
  (141, 'service.minutes.OTHER_HEALTH', '2014-12-18', 'VERY_DANGEROUS',  10,   49, 10, 'minutes per employee per month', 'İşyeri Hekimi ve Diğer Sağlık Personeli Yönetmeliği m.19 (RG 20.7.2013/28713)', TRUE),
  (142, 'service.minutes.OTHER_HEALTH', '2014-12-18', 'VERY_DANGEROUS',  50,  249, 15, 'minutes per employee per month', 'İşyeri Hekimi ve Diğer Sağlık Personeli Yönetmeliği m.19 (RG 20.7.2013/28713)', TRUE),
  (143, 'service.minutes.OTHER_HEALTH', '2014-12-18', 'VERY_DANGEROUS', 250, NULL, 20, 'minutes per employee per month', 'İşyeri Hekimi ve Diğer Sağlık Personeli Yönetmeliği m.19 (RG 20.7.2013/28713)', TRUE),
  (151, 'service.full-time.OTHER_HEALTH', '2014-12-18', 'VERY_DANGEROUS', NULL, NULL, 500, 'employees per full-time professional', 'İşyeri Hekimi ve Diğer Sağlık Personeli Yönetmeliği m.19 (RG 20.7.2013/28713)', FALSE),
  (161, 'service.monthly-capacity', '2013-01-01', NULL, NULL, NULL, 11700, 'minutes per professional per month', '4857 sayılı İş Kanunu m.63: haftada 45 saat, ayda 195 saat', FALSE)
  ON DUPLICATE KEY UPDATE id = VALUES(id);
