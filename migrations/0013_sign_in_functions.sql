-- Before anybody is signed in there is no context. These answer for one exact,
-- normalised e-mail and nothing else; the application may only execute them.

-- [] or one account: {accountId, passwordHash, locale, emailConfirmed, mustChangePassword, users: [{tenantId,
-- tenantName, tenantStatus, userId, role, companyId, name, isActive, sessionVersion}]}. Ids are 32 hex digits.
CREATE OR REPLACE FUNCTION users_of_email(address VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)
  RETURNS LONGTEXT CHARACTER SET utf8mb4
  READS SQL DATA SQL SECURITY DEFINER
  RETURN COALESCE((SELECT JSON_ARRAY(JSON_OBJECT(
      'accountId', LOWER(HEX(a.id)), 'passwordHash', a.password_hash, 'locale', a.locale,
      'emailConfirmed', (a.email_confirmed_at IS NOT NULL), 'mustChangePassword', (a.must_change_password = TRUE),
      'users', JSON_COMPACT(COALESCE((SELECT JSON_ARRAYAGG(JSON_OBJECT(
          'tenantId', LOWER(HEX(u.tenant_id)), 'tenantName', t.name, 'tenantStatus', t.status,
          'userId', LOWER(HEX(u.id)), 'role', u.role, 'companyId', LOWER(HEX(u.company_id)), 'name', u.name,
          'isActive', (u.is_active = TRUE), 'sessionVersion', u.session_version) ORDER BY t.name, t.id)
        FROM users_rows u JOIN tenants_rows t ON t.id = u.tenant_id WHERE u.account_id = a.id), '[]'))))
    FROM accounts_rows a WHERE a.email = address), '[]');

CREATE OR REPLACE FUNCTION account_of_email(address VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)
  RETURNS BINARY(16)
  READS SQL DATA SQL SECURITY DEFINER
  RETURN (SELECT id FROM accounts_rows WHERE email = address);

GRANT EXECUTE ON FUNCTION users_of_email TO application;
GRANT EXECUTE ON FUNCTION account_of_email TO application;
