-- What the features know of a company, one row for each fact: a later feature
-- replaces the view with one more UNION branch (an amount names its currency),
-- and the readers, who pass on what they find, stay as they are.
CREATE OR REPLACE SQL SECURITY DEFINER VIEW company_facts AS
  SELECT company_id, 'workplaces' AS fact, CAST(NULL AS CHAR(3)) AS currency, CAST(COUNT(*) AS DECIMAL(20, 2)) AS value
    FROM workplaces GROUP BY company_id
  UNION ALL
  SELECT company_id, 'employees', NULL, COUNT(*) FROM active_employments GROUP BY company_id;

-- The same for a workplace.
CREATE OR REPLACE SQL SECURITY DEFINER VIEW workplace_facts AS
  SELECT company_id, workplace_id, 'employees' AS fact, CAST(NULL AS CHAR(3)) AS currency,
         CAST(COUNT(*) AS DECIMAL(20, 2)) AS value
    FROM active_employments GROUP BY company_id, workplace_id;

GRANT SELECT ON company_facts TO application;
GRANT SELECT ON workplace_facts TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('company_facts', 'COMPANY'), ('workplace_facts', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
