CREATE TABLE IF NOT EXISTS tenants_rows (
  id          BINARY(16)   NOT NULL,
  name        VARCHAR(255) COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  slug        VARCHAR(100) NULL,
  kind        VARCHAR(10)  NOT NULL DEFAULT 'OSGB',
  status      VARCHAR(10)  NOT NULL DEFAULT 'ACTIVE' COMMENT 'PENDING until the first ADMIN confirms his e-mail',
  settings    JSON         NOT NULL DEFAULT '{}',
  require_mfa BOOLEAN      NOT NULL DEFAULT FALSE,
  version     BIGINT       NOT NULL DEFAULT 1,
  created_at  DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at  DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  UNIQUE KEY tenants_slug_uk (slug),
  CONSTRAINT tenants_kind_ck CHECK (kind IN ('OSGB', 'AGENCY')),
  CONSTRAINT tenants_status_ck CHECK (status IN ('PENDING', 'ACTIVE', 'SUSPENDED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=TENANT';

-- The own tenant with all it may set: staff only.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW tenants AS
  SELECT id, name, slug, kind, status, settings, require_mfa, version, created_at, updated_at
  FROM tenants_rows
  WHERE id = current_tenant() AND all_companies()
  WITH CASCADED CHECK OPTION;

-- What a client may read of the tenant that serves it.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW tenant_profile AS
  SELECT id, name, slug, kind, status, require_mfa
  FROM tenants_rows
  WHERE id = current_tenant() AND current_company() IS NOT NULL
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT, UPDATE (name, slug, status, settings, require_mfa, version, updated_at) ON tenants TO application;
GRANT SELECT ON tenant_profile TO application;
GRANT SELECT ON tenants_rows TO system_tasks;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('tenants', 'STAFF'), ('tenant_profile', 'TENANT')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
