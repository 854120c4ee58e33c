-- A human being as one company knows him. The TCKN is encrypted; the blind
-- index, keyed by tenant, finds it and keeps it single.
CREATE TABLE IF NOT EXISTS persons_rows (
  id          BINARY(16)     NOT NULL,
  tenant_id   BINARY(16)     NOT NULL,
  company_id  BINARY(16)     NOT NULL,
  tckn_cipher VARBINARY(255) NULL,
  tckn_index  BINARY(32)     NULL,
  tckn_mask   CHAR(11)       NULL COMMENT '123******01',
  first_name  VARCHAR(100)   COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  last_name   VARCHAR(100)   COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  birth_date  DATE           NULL,
  gender      VARCHAR(6)     NULL,
  blood_group VARCHAR(3)     NULL,
  phone       VARCHAR(20)    NULL,
  email       VARCHAR(254)   NULL,
  search_key  VARCHAR(600)   NOT NULL DEFAULT '',
  version     BIGINT         NOT NULL DEFAULT 1,
  created_at  DATETIME(6)    NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at  DATETIME(6)    NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  deleted_at  DATETIME(6)    NULL,
  live        TINYINT        AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY persons_tenant_company_id_uk (tenant_id, company_id, id),
  UNIQUE KEY persons_company_tckn_live_uk (tenant_id, company_id, tckn_index, live),
  KEY persons_tckn_ix (tenant_id, tckn_index),
  KEY persons_name_ix (tenant_id, deleted_at, last_name, first_name, id),
  KEY persons_company_name_ix (tenant_id, company_id, deleted_at, last_name, first_name, id),
  CONSTRAINT persons_company_fk FOREIGN KEY (tenant_id, company_id) REFERENCES companies_rows (tenant_id, id),
  CONSTRAINT persons_tckn_ck CHECK ((tckn_cipher IS NULL) = (tckn_index IS NULL) AND (tckn_cipher IS NULL) = (tckn_mask IS NULL)),
  CONSTRAINT persons_gender_ck CHECK (gender IN ('MALE', 'FEMALE')),
  CONSTRAINT persons_blood_group_ck CHECK (blood_group IN ('A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', '0+', '0-'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW persons_all AS
  SELECT id, tenant_id, company_id, tckn_cipher, tckn_index, tckn_mask, first_name, last_name, birth_date, gender,
         blood_group, phone, email, search_key, version, created_at, updated_at, deleted_at
  FROM persons_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW persons AS
  SELECT * FROM persons_all WHERE deleted_at IS NULL
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT,
  UPDATE (tckn_cipher, tckn_index, tckn_mask, first_name, last_name, birth_date, gender, blood_group, phone, email,
          search_key, version, updated_at)
  ON persons TO application;
GRANT SELECT, UPDATE (deleted_at, version, updated_at) ON persons_all TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('persons', 'COMPANY'), ('persons_all', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
