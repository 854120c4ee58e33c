-- Which professional serves which workplace. Both days count.
CREATE TABLE IF NOT EXISTS assignments_rows (
  id              BINARY(16)   NOT NULL,
  tenant_id       BINARY(16)   NOT NULL,
  company_id      BINARY(16)   NOT NULL,
  workplace_id    BINARY(16)   NOT NULL,
  user_id         BINARY(16)   NOT NULL,
  kind            VARCHAR(13)  NOT NULL,
  starts_on       DATE         NOT NULL,
  ends_on         DATE         NULL,
  monthly_minutes INT UNSIGNED NULL,
  contract_id     BINARY(16)   NULL COMMENT 'the contracts come later, and with them the foreign key',
  version         BIGINT       NOT NULL DEFAULT 1,
  created_at      DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at      DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  deleted_at      DATETIME(6)  NULL,
  live            TINYINT      AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY assignments_tenant_company_id_uk (tenant_id, company_id, id),
  UNIQUE KEY assignments_user_workplace_live_uk (tenant_id, user_id, workplace_id, kind, starts_on, live),
  KEY assignments_user_ix (tenant_id, user_id, deleted_at, starts_on, ends_on, workplace_id, company_id),
  KEY assignments_workplace_ix (tenant_id, company_id, workplace_id, deleted_at, starts_on),
  KEY assignments_created_ix (tenant_id, deleted_at, created_at, id),
  CONSTRAINT assignments_workplace_fk FOREIGN KEY (tenant_id, company_id, workplace_id) REFERENCES workplaces_rows (tenant_id, company_id, id),
  CONSTRAINT assignments_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES users_rows (tenant_id, id),
  CONSTRAINT assignments_kind_ck CHECK (kind IN ('SAFETY_EXPERT', 'PHYSICIAN', 'OTHER_HEALTH')),
  CONSTRAINT assignments_dates_ck CHECK (ends_on >= starts_on)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=STAFF';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW assignments_all AS
  SELECT id, tenant_id, company_id, workplace_id, user_id, kind, starts_on, ends_on, monthly_minutes, contract_id,
         version, created_at, updated_at, deleted_at
  FROM assignments_rows
  WHERE tenant_id = current_tenant() AND all_companies()
  WITH CASCADED CHECK OPTION;

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW assignments AS
  SELECT * FROM assignments_all WHERE deleted_at IS NULL
  WITH CASCADED CHECK OPTION;

-- Where the current user serves today (Istanbul, UTC+3 all year): the one
-- "assigned to" condition, used as `workplace_id IN (SELECT workplace_id FROM assigned_workplaces)`.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW assigned_workplaces AS
  SELECT company_id, workplace_id, kind
  FROM assignments
  WHERE user_id = current_user_id()
    AND starts_on <= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR)
    AND (ends_on IS NULL OR ends_on >= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR));

GRANT SELECT, INSERT, UPDATE (kind, starts_on, ends_on, monthly_minutes, contract_id, version, updated_at)
  ON assignments TO application;
GRANT SELECT, UPDATE (deleted_at, version, updated_at) ON assignments_all TO application;
GRANT SELECT ON assigned_workplaces TO application;

INSERT INTO view_scopes_rows (view_name, scope)
  VALUES ('assignments', 'STAFF'), ('assignments_all', 'STAFF'), ('assigned_workplaces', 'STAFF')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
