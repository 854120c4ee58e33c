-- Whether the account's language is its owner's choice. Until then it is whatever the invitation or the registration
-- had, and pages speak the browser's language; from then on they speak the chosen one wherever the owner signs in.
ALTER TABLE accounts_rows ADD COLUMN IF NOT EXISTS locale_chosen BOOLEAN NOT NULL DEFAULT FALSE AFTER locale;

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW accounts AS
  SELECT id, email, password_hash, password_changed_at, must_change_password, email_confirmed_at,
         locale, locale_chosen, version, created_at, updated_at
  FROM accounts_rows
  WHERE id = current_account()
  WITH CASCADED CHECK OPTION;

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW user_directory AS
  SELECT u.id, u.tenant_id, u.company_id, u.account_id, u.role, u.name, u.first_name, u.last_name, u.phone, u.title,
         u.is_active, u.is_company_admin, u.session_version, u.deactivated_at, u.search_key, u.version,
         u.created_at, u.updated_at,
         a.email, a.email_confirmed_at, a.locale, a.locale_chosen
  FROM users_rows u JOIN accounts_rows a ON a.id = u.account_id
  WHERE u.tenant_id = current_tenant() AND (u.company_id = current_company() OR all_companies());

GRANT SELECT, INSERT,
  UPDATE (email, password_hash, password_changed_at, must_change_password, email_confirmed_at, locale, locale_chosen,
          version, updated_at)
  ON accounts TO application;
