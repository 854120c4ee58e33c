-- The days of the audit trail whose hash chain is closed: how many rows each had, and the hash of its last one.
-- A row that is taken away at the end of a day, or put into it afterwards, is missed or found by these.
CREATE TABLE IF NOT EXISTS audit_days_rows (
  tenant_id  BINARY(16)   NOT NULL,
  day        DATE         NOT NULL COMMENT 'by the calendar of Istanbul',
  row_count  INT UNSIGNED NOT NULL,
  last_hash  BINARY(32)   NOT NULL,
  created_at DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, day),
  CONSTRAINT audit_days_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=SYSTEM';

GRANT SELECT, INSERT ON audit_days_rows TO system_tasks;
