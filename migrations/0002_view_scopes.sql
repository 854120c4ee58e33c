-- MariaDB keeps no comment on a view, so each view declares its scope here, in
-- the migration that makes it; a base table declares its own in its comment.
CREATE TABLE IF NOT EXISTS view_scopes_rows (
  view_name VARCHAR(64) NOT NULL,
  scope     VARCHAR(10) NOT NULL,
  PRIMARY KEY (view_name),
  CONSTRAINT view_scopes_scope_ck CHECK (scope IN ('PLATFORM', 'STAFF', 'TENANT', 'COMPANY', 'SELF'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=SYSTEM';
