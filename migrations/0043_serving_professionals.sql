-- Who serves a workplace today, as its employer is told: name, profession and the agreed minutes. Clients see no
-- assignments and no staff, and the law has the employer know who works for him (6331, m.6 and m.8); so this is all
-- of both that they see. Both days count, in Istanbul.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW serving_professionals AS
  SELECT a.tenant_id, a.company_id, a.workplace_id, a.user_id, a.kind, a.monthly_minutes, u.name
    FROM assignments_rows a
    JOIN users_rows u ON u.tenant_id = a.tenant_id AND u.id = a.user_id
   WHERE a.tenant_id = current_tenant() AND (a.company_id = current_company() OR all_companies())
     AND a.deleted_at IS NULL
     AND a.starts_on <= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR)
     AND (a.ends_on IS NULL OR a.ends_on >= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR));

GRANT SELECT ON serving_professionals TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('serving_professionals', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
