CREATE TABLE IF NOT EXISTS company_status_history_rows (
  id          BINARY(16)   NOT NULL,
  tenant_id   BINARY(16)   NOT NULL,
  company_id  BINARY(16)   NOT NULL,
  from_status VARCHAR(11)  NULL COMMENT 'none at creation',
  to_status   VARCHAR(11)  NOT NULL,
  reason      VARCHAR(500) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  changed_by  BINARY(16)   NULL COMMENT 'none when a rule did it',
  created_at  DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, id),
  KEY company_status_history_company_ix (tenant_id, company_id, created_at, id),
  CONSTRAINT company_status_history_company_fk FOREIGN KEY (tenant_id, company_id) REFERENCES companies_rows (tenant_id, id),
  CONSTRAINT company_status_history_changed_by_fk FOREIGN KEY (tenant_id, changed_by) REFERENCES users_rows (tenant_id, id),
  CONSTRAINT company_status_history_from_ck CHECK (from_status IN ('LEAD', 'PROSPECT', 'NEGOTIATION', 'CUSTOMER', 'CHURNED')),
  CONSTRAINT company_status_history_to_ck CHECK (to_status IN ('LEAD', 'PROSPECT', 'NEGOTIATION', 'CUSTOMER', 'CHURNED')),
  CONSTRAINT company_status_history_reason_ck CHECK (to_status <> 'CHURNED' OR reason IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW company_status_history AS
  SELECT id, tenant_id, company_id, from_status, to_status, reason, changed_by, created_at
  FROM company_status_history_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT ON company_status_history TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('company_status_history', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
