-- Housekeeping writes encrypted columns anew when their key is no longer the
-- current one. It never reads or writes another column of a person.
GRANT SELECT (tenant_id, id, tckn_cipher, updated_at), UPDATE (tckn_cipher, updated_at) ON persons_rows TO system_tasks;
