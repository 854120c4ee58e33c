-- Addresses that bounced or complained, by keyed hash. Lifting one keeps the row.
CREATE TABLE IF NOT EXISTS suppressions_rows (
  id         BINARY(16)   NOT NULL,
  tenant_id  BINARY(16)   NOT NULL,
  email_hash BINARY(32)   NOT NULL,
  reason     VARCHAR(12)  NOT NULL,
  detail     VARCHAR(500) NULL,
  lifted_at  DATETIME(6)  NULL,
  created_at DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  live       TINYINT      AS (IF(lifted_at IS NULL, 1, NULL)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY suppressions_email_live_uk (tenant_id, email_hash, live),
  CONSTRAINT suppressions_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id),
  CONSTRAINT suppressions_reason_ck CHECK (reason IN ('BOUNCE', 'COMPLAINT', 'UNSUBSCRIBE', 'MANUAL'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=STAFF';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW suppressions AS
  SELECT id, tenant_id, email_hash, reason, detail, lifted_at, created_at, updated_at
  FROM suppressions_rows
  WHERE tenant_id = current_tenant() AND all_companies()
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT, UPDATE (reason, detail, lifted_at, updated_at) ON suppressions TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('suppressions', 'STAFF')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
