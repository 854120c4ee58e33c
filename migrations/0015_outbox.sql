-- Domain events, written with the change they tell of.
CREATE TABLE IF NOT EXISTS outbox_rows (
  id                BINARY(16)   NOT NULL,
  tenant_id         BINARY(16)   NOT NULL,
  company_id        BINARY(16)   NULL,
  queue             VARCHAR(60)  NOT NULL COMMENT 'logical name',
  topic             VARCHAR(80)  NOT NULL,
  aggregate_id      BINARY(16)   NOT NULL,
  aggregate_version BIGINT       NOT NULL DEFAULT 1,
  payload           JSON         NOT NULL DEFAULT '{}',
  traceparent       VARCHAR(64)  NULL,
  correlation_id    VARCHAR(128) NULL,
  state             VARCHAR(7)   NOT NULL DEFAULT 'PENDING',
  attempts          INT          NOT NULL DEFAULT 0,
  last_error        VARCHAR(500) NULL,
  created_at        DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at        DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  sent_at           DATETIME(6)  NULL,
  PRIMARY KEY (tenant_id, id),
  KEY outbox_state_ix (state, created_at),
  CONSTRAINT outbox_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id),
  CONSTRAINT outbox_state_ck CHECK (state IN ('PENDING', 'SENT', 'FAILED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW outbox AS
  SELECT id, tenant_id, company_id, queue, topic, aggregate_id, aggregate_version, payload, traceparent,
         correlation_id, state, attempts, last_error, created_at, updated_at, sent_at
  FROM outbox_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT, UPDATE (state, attempts, last_error, updated_at, sent_at) ON outbox TO application;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('outbox', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
