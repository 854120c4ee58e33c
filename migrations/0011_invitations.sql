CREATE TABLE IF NOT EXISTS invitations_rows (
  id               BINARY(16)   NOT NULL,
  tenant_id        BINARY(16)   NOT NULL,
  company_id       BINARY(16)   NULL COMMENT 'exactly for CLIENT',
  email            VARCHAR(254) NOT NULL,
  role             VARCHAR(6)   NOT NULL,
  name             VARCHAR(255) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  is_company_admin BOOLEAN      NOT NULL DEFAULT FALSE,
  locale           VARCHAR(5)   NOT NULL DEFAULT 'tr',
  details          JSON         NOT NULL DEFAULT '{}' COMMENT 'what else the user will be given: title, phone, profile',
  status           VARCHAR(8)   NOT NULL DEFAULT 'PENDING',
  invited_by       BINARY(16)   NULL,
  expires_at       DATETIME(6)  NOT NULL,
  accepted_at      DATETIME(6)  NULL,
  accepted_user_id BINARY(16)   NULL,
  version          BIGINT       NOT NULL DEFAULT 1,
  created_at       DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at       DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  live             TINYINT      AS (IF(status = 'PENDING', 1, NULL)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY invitations_tenant_email_live_uk (tenant_id, email, live),
  KEY invitations_company_ix (tenant_id, company_id, created_at),
  KEY invitations_expires_ix (status, expires_at),
  CONSTRAINT invitations_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id),
  CONSTRAINT invitations_company_fk FOREIGN KEY (tenant_id, company_id) REFERENCES companies_rows (tenant_id, id),
  CONSTRAINT invitations_invited_by_fk FOREIGN KEY (tenant_id, invited_by) REFERENCES users_rows (tenant_id, id),
  CONSTRAINT invitations_accepted_user_fk FOREIGN KEY (tenant_id, accepted_user_id) REFERENCES users_rows (tenant_id, id),
  CONSTRAINT invitations_role_ck CHECK (role IN ('ADMIN', 'DOCTOR', 'EXPERT', 'OFFICE', 'CLIENT')),
  CONSTRAINT invitations_company_ck CHECK ((role = 'CLIENT') = (company_id IS NOT NULL)),
  CONSTRAINT invitations_company_admin_ck CHECK (NOT is_company_admin OR role = 'CLIENT'),
  CONSTRAINT invitations_locale_ck CHECK (locale IN ('tr', 'en')),
  CONSTRAINT invitations_status_ck CHECK (status IN ('PENDING', 'ACCEPTED', 'REVOKED', 'EXPIRED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW invitations AS
  SELECT id, tenant_id, company_id, email, role, name, is_company_admin, locale, details, status, invited_by,
         expires_at, accepted_at, accepted_user_id, version, created_at, updated_at
  FROM invitations_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT,
  UPDATE (role, name, is_company_admin, locale, details, status, invited_by, expires_at, accepted_at, accepted_user_id,
          version, updated_at)
  ON invitations TO application;
GRANT SELECT, UPDATE (status, version, updated_at) ON invitations_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('invitations', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
