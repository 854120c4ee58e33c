-- A full-time physician at a workplace makes other health staff unnecessary there (İşyeri Hekimi ve Diğer Sağlık
-- Personeli Yönetmeliği m.19). Clients do not see who serves them, but the figure that the law asks of them
-- depends on it: so the fact is theirs, and the assignment stays the staff's. Both days count, in Istanbul.
CREATE OR REPLACE SQL SECURITY DEFINER VIEW workplace_facts AS
  SELECT company_id, workplace_id, 'employees' AS fact, CAST(NULL AS CHAR(3)) AS currency,
         CAST(COUNT(*) AS DECIMAL(20, 2)) AS value
    FROM active_employments GROUP BY company_id, workplace_id
  UNION ALL
  SELECT a.company_id, a.workplace_id, 'full_time_physicians', NULL, COUNT(*)
    FROM assignments_rows a
    JOIN staff_profiles_rows s ON s.tenant_id = a.tenant_id AND s.user_id = a.user_id AND s.full_time
   WHERE a.tenant_id = current_tenant() AND (a.company_id = current_company() OR all_companies())
     AND a.deleted_at IS NULL AND a.kind = 'PHYSICIAN'
     AND a.starts_on <= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR)
     AND (a.ends_on IS NULL OR a.ends_on >= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR))
   GROUP BY a.company_id, a.workplace_id;

GRANT SELECT ON workplace_facts TO application;
