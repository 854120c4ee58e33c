CREATE TABLE IF NOT EXISTS companies_rows (
  id                   BINARY(16)   NOT NULL,
  tenant_id            BINARY(16)   NOT NULL,
  kind                 VARCHAR(10)  NOT NULL DEFAULT 'EMPLOYER',
  name                 VARCHAR(255) COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  trade_title          VARCHAR(255) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  tax_id               VARCHAR(11)  NULL COMMENT 'VKN (10) or TCKN (11)',
  tax_office           VARCHAR(100) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  email                VARCHAR(254) NULL,
  kep                  VARCHAR(254) NULL,
  mersis               CHAR(16)     NULL,
  phone                VARCHAR(20)  NULL,
  address              TEXT         COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  city_code            CHAR(2)      NULL,
  district_code        VARCHAR(5)   NULL,
  currency             CHAR(3)      NOT NULL DEFAULT 'TRY',
  e_invoice_registered BOOLEAN      NOT NULL DEFAULT FALSE,
  withholding_buyer    BOOLEAN      NOT NULL DEFAULT FALSE,
  source               VARCHAR(100) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  nace_code            CHAR(6)      NULL,
  danger_class         VARCHAR(14)  NULL,
  status               VARCHAR(11)  NOT NULL DEFAULT 'LEAD',
  is_active            BOOLEAN      NOT NULL DEFAULT TRUE,
  metadata             JSON         NOT NULL DEFAULT '{}',
  search_key           VARCHAR(600) NOT NULL DEFAULT '',
  version              BIGINT       NOT NULL DEFAULT 1,
  created_at           DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at           DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  deleted_at           DATETIME(6)  NULL,
  live                 TINYINT      AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY companies_tenant_tax_id_live_uk (tenant_id, tax_id, live),
  KEY companies_name_ix (tenant_id, deleted_at, name, id),
  KEY companies_created_ix (tenant_id, deleted_at, created_at, id),
  KEY companies_status_ix (tenant_id, deleted_at, status, name, id),
  CONSTRAINT companies_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id),
  CONSTRAINT companies_city_code_fk FOREIGN KEY (city_code) REFERENCES provinces_rows (code),
  CONSTRAINT companies_district_code_fk FOREIGN KEY (city_code, district_code) REFERENCES districts_rows (province_code, code),
  CONSTRAINT companies_kind_ck CHECK (kind IN ('EMPLOYER', 'OSGB', 'OTHER')),
  CONSTRAINT companies_currency_ck CHECK (currency IN ('TRY', 'USD', 'EUR')),
  CONSTRAINT companies_danger_class_ck CHECK (danger_class IN ('LESS_DANGEROUS', 'DANGEROUS', 'VERY_DANGEROUS')),
  CONSTRAINT companies_status_ck CHECK (status IN ('LEAD', 'PROSPECT', 'NEGOTIATION', 'CUSTOMER', 'CHURNED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW companies_all AS
  SELECT id, tenant_id, kind, name, trade_title, tax_id, tax_office, email, kep, mersis, phone, address,
         city_code, district_code, currency, e_invoice_registered, withholding_buyer, source, nace_code,
         danger_class, status, is_active, metadata, search_key, version, created_at, updated_at, deleted_at
  FROM companies_rows
  WHERE tenant_id = current_tenant() AND (id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW companies AS
  SELECT * FROM companies_all WHERE deleted_at IS NULL
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT,
  UPDATE (kind, name, trade_title, tax_id, tax_office, email, kep, mersis, phone, address, city_code, district_code,
          currency, e_invoice_registered, withholding_buyer, source, nace_code, danger_class, status, is_active,
          metadata, search_key, version, updated_at)
  ON companies TO application;
GRANT SELECT, UPDATE (deleted_at, is_active, version, updated_at) ON companies_all TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('companies', 'COMPANY'), ('companies_all', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
