-- Housekeeping looks for sessions that ended long ago.
CREATE INDEX IF NOT EXISTS sessions_ended_ix ON sessions_rows (ended_at);
