-- What the workers of jobs need: who holds a job for how long, where to go on
-- after a kill, in which language it speaks, and the file that comes out of it.
ALTER TABLE jobs_rows
  ADD COLUMN IF NOT EXISTS language        CHAR(2)      NOT NULL DEFAULT 'tr' COMMENT 'of the request that began it' AFTER kind,
  ADD COLUMN IF NOT EXISTS checkpoint      JSON         NULL COMMENT 'where its worker goes on; ids and counts, no personal data',
  ADD COLUMN IF NOT EXISTS lease           BINARY(16)   NULL COMMENT 'the run that works on it: who has lost it writes nothing more',
  ADD COLUMN IF NOT EXISTS lease_until     DATETIME(6)  NULL,
  ADD COLUMN IF NOT EXISTS runs            INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS file_key        VARCHAR(200) NULL COMMENT 'the object that came out of it',
  ADD COLUMN IF NOT EXISTS file_name       VARCHAR(150) COLLATE utf8mb4_uca1400_turkish_ai_ci NULL,
  ADD COLUMN IF NOT EXISTS file_expires_at DATETIME(6)  NULL,
  ADD KEY IF NOT EXISTS jobs_requested_by_ix (tenant_id, requested_by, created_at, id),
  ADD CONSTRAINT IF NOT EXISTS jobs_language_ck CHECK (language IN ('tr', 'en')),
  ADD CONSTRAINT IF NOT EXISTS jobs_lease_ck CHECK ((lease IS NULL) = (lease_until IS NULL)),
  ADD CONSTRAINT IF NOT EXISTS jobs_file_ck CHECK (
    (file_key IS NULL) = (file_name IS NULL) AND (file_key IS NULL) = (file_expires_at IS NULL));

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW jobs AS
  SELECT id, tenant_id, company_id, kind, language, state, progress, total, input, checkpoint, result, error_code, error,
         requested_by, cancel_requested_at, lease, lease_until, runs, file_key, file_name, file_expires_at,
         started_at, finished_at, version, created_at, updated_at
  FROM jobs_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

GRANT UPDATE (checkpoint, lease, lease_until, runs, file_key, file_name, file_expires_at) ON jobs TO application;
