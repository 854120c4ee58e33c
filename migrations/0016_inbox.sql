-- What a consumer has done, written with its effect.
CREATE TABLE IF NOT EXISTS inbox_rows (
  tenant_id  BINARY(16)  NOT NULL,
  consumer   VARCHAR(60) NOT NULL,
  message_id BINARY(16)  NOT NULL,
  created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, consumer, message_id),
  KEY inbox_created_ix (created_at),
  CONSTRAINT inbox_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=STAFF';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW inbox AS
  SELECT tenant_id, consumer, message_id, created_at
  FROM inbox_rows
  WHERE tenant_id = current_tenant() AND all_companies()
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT ON inbox TO application;
GRANT SELECT, DELETE ON inbox_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('inbox', 'STAFF')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
