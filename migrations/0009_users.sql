-- An account's place in one tenant.
CREATE TABLE IF NOT EXISTS users_rows (
  id               BINARY(16)   NOT NULL,
  tenant_id        BINARY(16)   NOT NULL,
  company_id       BINARY(16)   NULL COMMENT 'exactly for CLIENT',
  account_id       BINARY(16)   NOT NULL,
  role             VARCHAR(6)   NOT NULL,
  name             VARCHAR(255) COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  first_name       VARCHAR(100) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  last_name        VARCHAR(100) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  phone            VARCHAR(20)  NULL,
  title            VARCHAR(100) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  is_active        BOOLEAN      NOT NULL DEFAULT TRUE,
  is_company_admin BOOLEAN      NOT NULL DEFAULT FALSE,
  session_version  BIGINT       NOT NULL DEFAULT 1 COMMENT 'a session made under an older one is over',
  deactivated_at   DATETIME(6)  NULL,
  search_key       VARCHAR(600) NOT NULL DEFAULT '',
  version          BIGINT       NOT NULL DEFAULT 1,
  created_at       DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at       DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY users_tenant_account_uk (tenant_id, account_id),
  UNIQUE KEY users_tenant_id_account_uk (tenant_id, id, account_id),
  KEY users_account_ix (account_id),
  KEY users_company_ix (tenant_id, company_id, name),
  KEY users_role_ix (tenant_id, role, is_active, name),
  CONSTRAINT users_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id),
  CONSTRAINT users_company_fk FOREIGN KEY (tenant_id, company_id) REFERENCES companies_rows (tenant_id, id),
  CONSTRAINT users_account_fk FOREIGN KEY (account_id) REFERENCES accounts_rows (id),
  CONSTRAINT users_role_ck CHECK (role IN ('ADMIN', 'DOCTOR', 'EXPERT', 'OFFICE', 'CLIENT')),
  CONSTRAINT users_company_ck CHECK ((role = 'CLIENT') = (company_id IS NOT NULL)),
  CONSTRAINT users_company_admin_ck CHECK (NOT is_company_admin OR role = 'CLIENT')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

-- Staff see the tenant's users, a client those of its company.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW users AS
  SELECT id, tenant_id, company_id, account_id, role, name, first_name, last_name, phone, title, is_active,
         is_company_admin, session_version, deactivated_at, search_key, version, created_at, updated_at
  FROM users_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

-- The same people with the e-mail of their accounts, to read.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW user_directory AS
  SELECT u.id, u.tenant_id, u.company_id, u.account_id, u.role, u.name, u.first_name, u.last_name, u.phone, u.title,
         u.is_active, u.is_company_admin, u.session_version, u.deactivated_at, u.search_key, u.version,
         u.created_at, u.updated_at,
         a.email, a.email_confirmed_at, a.locale
  FROM users_rows u JOIN accounts_rows a ON a.id = u.account_id
  WHERE u.tenant_id = current_tenant() AND (u.company_id = current_company() OR all_companies());

-- An account's users in all tenants: a password change ends the sessions of every one.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW own_users AS
  SELECT id, tenant_id, company_id, account_id, role, name, is_active, session_version, version, updated_at
  FROM users_rows
  WHERE account_id = current_account()
  WITH CASCADED CHECK OPTION;

-- No UPDATE of company_id: a user never moves to another company.
GRANT SELECT, INSERT,
  UPDATE (role, name, first_name, last_name, phone, title, is_active, is_company_admin, session_version,
          deactivated_at, search_key, version, updated_at)
  ON users TO application;
GRANT SELECT ON user_directory TO application;
GRANT SELECT, UPDATE (session_version, updated_at) ON own_users TO application;
GRANT SELECT ON users_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope)
  VALUES ('users', 'COMPANY'), ('user_directory', 'COMPANY'), ('own_users', 'SELF')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
