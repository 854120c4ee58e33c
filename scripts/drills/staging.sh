# Sourced by drill: staging data of a backup in a second server; the rows are all there, and nobody's are to be read.
export BACKUP_DIR=$work/archive BACKUP_DEFAULTS=$work/backup.cnf BACKUP_RECIPIENTS=$work/public BACKUP_IDENTITY=$work/private
age-keygen -o "$work/private" 2> "$work/log"; age-keygen -y "$work/private" > "$work/public"
printf '[client]\nuser=backup\npassword=drill\nhost=127.0.0.1\nport=%d\n' "$port" > "$work/backup.cnf"

say "a backup of a server with the demo data"
server_start "$work/real" "$port" --server-id=1
prepare "$work/real" "$port"
scripts/backup dump
scripts/backup logs
counts="SELECT CONCAT_WS(' ', (SELECT COUNT(*) FROM tenants_rows), (SELECT COUNT(*) FROM companies_rows), (SELECT COUNT(*) FROM persons_rows),
  (SELECT COUNT(*) FROM employments_rows), (SELECT COUNT(*) FROM audit_log_rows), (SELECT COUNT(*) FROM accounts_rows))"
before=$(sql "$work/real" "$counts" prosektor)
# What must not be found: whole names, addresses and numbers as they stand in a dump's text.
sql "$work/real" "SELECT CONCAT('''', first_name, ''',''', last_name, '''') FROM persons_rows UNION SELECT name FROM companies_rows
  UNION SELECT name FROM users_rows UNION SELECT title FROM workplaces_rows UNION SELECT email FROM accounts_rows UNION SELECT password_hash FROM accounts_rows
  UNION SELECT email FROM persons_rows UNION SELECT phone FROM persons_rows UNION SELECT phone FROM companies_rows UNION SELECT tax_id FROM companies_rows
  UNION SELECT sgk_no FROM workplaces_rows UNION SELECT address FROM workplaces_rows UNION SELECT HEX(tckn_cipher) FROM persons_rows
  UNION SELECT HEX(tckn_index) FROM persons_rows" prosektor | grep -vx 'NULL\|' > "$work/originals"
server_end "$work/real" KILL

say "staging data of it"
begun=$EPOCHREALTIME
staging() { STAGING_BIN=$bin ENVIRONMENT=$1 FIELD_KEYS="s1:$(key)" scripts/staging make "$work/rows.sql.zst" <<<'Hazirlik-Ortami-2026'; }
staging staging | tee "$work/made"
made=$(since "$begun")
grep -q '^sign in: .*@ornek.test (ADMIN' "$work/made" || fail "make staging data" "nobody is named who can sign in" "correct scripts/anonymise"
zstd -qdc "$work/rows.sql.zst" > "$work/rows.sql"
[ "$(wc -l < "$work/originals")" -gt 5000 ] || fail "the drill" "only $(wc -l < "$work/originals") values to look for" "correct the drill"
! grep -oFf "$work/originals" "$work/rows.sql" | sort | uniq -c | sort -rn | head -n 5 > "$work/left" || [ ! -s "$work/left" ] ||
  fail "look through the rows" "$(cat "$work/left")" "correct scripts/anonymise/columns.toml"

say "refused where it would do harm"
! staging production > "$work/refusal" 2>&1 || fail "refuse production" "it was anonymised" "correct scripts/anonymise"
grep -q 'ENVIRONMENT is production' "$work/refusal" || fail "refuse production" "$(cat "$work/refusal")" "correct scripts/anonymise"

say "a second server, migrated and empty, takes them"
server_start "$work/staging" "$((port + 1))" --server-id=2
prepare "$work/staging" "$((port + 1))" no
export STAGING_DEFAULTS=$work/staging/client
scripts/staging load "$work/rows.sql.zst"
[ "$before" = "$(sql "$work/staging" "$counts" prosektor)" ] || fail "load staging data" "$before before, $(sql "$work/staging" "$counts" prosektor) now" "correct scripts/staging"
! scripts/staging load "$work/rows.sql.zst" > "$work/refusal" 2>&1 || fail "refuse a database with tenants" "it was loaded" "correct scripts/staging"
DATABASE_URL='' MIGRATOR_DATABASE_URL=mysql://migrator:drill@127.0.0.1:$((port + 1))/prosektor "$bin/migrate" --check
printf '✓ staging: %s tenants, companies, persons, employments, entries of the trail and accounts; made in %.1f s, none of %d values is left\n' "$before" "$made" "$(wc -l < "$work/originals")"
