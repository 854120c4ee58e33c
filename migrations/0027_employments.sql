-- A person's work at one workplace; the API's employee. The first and the last
-- day count. No constraint can forbid that two employments of one person at one
-- workplace overlap: the code reads the person's row FOR UPDATE and then looks.
CREATE TABLE IF NOT EXISTS employments_rows (
  id               BINARY(16)   NOT NULL,
  tenant_id        BINARY(16)   NOT NULL,
  company_id       BINARY(16)   NOT NULL,
  person_id        BINARY(16)   NOT NULL,
  workplace_id     BINARY(16)   NOT NULL,
  position         VARCHAR(150) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  department       VARCHAR(150) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  start_date       DATE         NOT NULL,
  end_date         DATE         NULL,
  end_reason       VARCHAR(500) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  is_subcontractor BOOLEAN      NOT NULL DEFAULT FALSE,
  employment_type  VARCHAR(10)  NOT NULL DEFAULT 'FULL_TIME',
  version          BIGINT       NOT NULL DEFAULT 1,
  created_at       DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at       DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  deleted_at       DATETIME(6)  NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY employments_tenant_company_id_uk (tenant_id, company_id, id),
  KEY employments_person_ix (tenant_id, company_id, person_id, workplace_id),
  KEY employments_workplace_ix (tenant_id, company_id, workplace_id, deleted_at, end_date),
  KEY employments_workplace_only_ix (tenant_id, workplace_id, deleted_at, end_date),
  KEY employments_company_ix (tenant_id, company_id, deleted_at, end_date),
  KEY employments_created_ix (tenant_id, deleted_at, created_at, id),
  CONSTRAINT employments_person_fk FOREIGN KEY (tenant_id, company_id, person_id) REFERENCES persons_rows (tenant_id, company_id, id),
  CONSTRAINT employments_workplace_fk FOREIGN KEY (tenant_id, company_id, workplace_id) REFERENCES workplaces_rows (tenant_id, company_id, id),
  CONSTRAINT employments_dates_ck CHECK (end_date >= start_date),
  CONSTRAINT employments_type_ck CHECK (employment_type IN ('FULL_TIME', 'PART_TIME', 'TEMPORARY', 'APPRENTICE', 'INTERN'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW employments_all AS
  SELECT id, tenant_id, company_id, person_id, workplace_id, position, department, start_date, end_date, end_reason,
         is_subcontractor, employment_type, version, created_at, updated_at, deleted_at
  FROM employments_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW employments AS
  SELECT * FROM employments_all WHERE deleted_at IS NULL
  WITH CASCADED CHECK OPTION;

-- Who counts today, by the calendar of Istanbul (UTC+3 all year). The one place
-- that says so: headcounts, filters and isActive all ask here.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW active_employments AS
  SELECT id, tenant_id, company_id, person_id, workplace_id, start_date, end_date
  FROM employments
  WHERE start_date <= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR)
    AND (end_date IS NULL OR end_date >= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR));

GRANT SELECT, INSERT,
  UPDATE (workplace_id, position, department, start_date, end_date, end_reason, is_subcontractor, employment_type,
          version, updated_at)
  ON employments TO application;
GRANT SELECT, UPDATE (deleted_at, version, updated_at) ON employments_all TO application;
GRANT SELECT ON active_employments TO application;

INSERT INTO view_scopes_rows (view_name, scope)
  VALUES ('employments', 'COMPANY'), ('employments_all', 'COMPANY'), ('active_employments', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
