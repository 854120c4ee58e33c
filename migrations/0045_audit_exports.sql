-- Which closed days of the audit trail stand in the bucket that nobody can change anything in, and what each object's
-- bytes were: a day without it is exported by the next run.
ALTER TABLE audit_days_rows
  ADD COLUMN IF NOT EXISTS exported_at   DATETIME(6) NULL,
  ADD COLUMN IF NOT EXISTS object_digest BINARY(32)  NULL COMMENT 'SHA-256 of the object';

GRANT SELECT, INSERT, UPDATE (exported_at, object_digest) ON audit_days_rows TO system_tasks;
