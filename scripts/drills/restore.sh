# Sourced by drill: deletes rows, loses the machine, restores to the second before, compares; prints RPO and RTO.
rows=0; [ "${1:-}" != --rows ] || rows=$2
export BACKUP_DIR=$work/archive BACKUP_DEFAULTS=$work/backup.cnf BACKUP_RECIPIENTS=$work/public BACKUP_IDENTITY=$work/private
age-keygen -o "$work/private" 2> "$work/log"; age-keygen -y "$work/private" > "$work/public"
printf '[client]\nuser=backup\npassword=drill\nhost=127.0.0.1\nport=%d\n' "$port" > "$work/backup.cnf"

say "a server with the demo data$([ "$rows" = 0 ] || echo " and $rows more employees")"
server_start "$work/lost" "$port" --server-id=1 --innodb-flush-log-at-trx-commit=2
prepare "$work/lost" "$port"
[ "$rows" = 0 ] || add_rows "$work/lost" "$rows"

begun=$EPOCHREALTIME
scripts/backup dump
dumped=$(since "$begun")

say "the routine check of a backup"
scripts/backup verify

say "changes after the dump, then a deletion by mistake"
sql "$work/lost" "UPDATE persons_rows SET first_name = CONCAT(first_name, ' ✓'), updated_at = UTC_TIMESTAMP(6) LIMIT 500;
  INSERT INTO search_words_rows SELECT tenant_id, company_id, entity, entity_id, place + 100, 'sonradan' FROM search_words_rows WHERE place = 0 LIMIT 500" prosektor
scripts/backup logs
sql "$work/lost" "UPDATE companies_rows SET version = version + 1, updated_at = UTC_TIMESTAMP(6)" prosektor
before=$(fingerprint "$work/lost")
# The deletion falls into a later second than the last change that must survive.
second=$(date +%s); while [ "$(date +%s)" = "$second" ]; do sleep 0.02; done
to=$(date -u +%FT%TZ)
sql "$work/lost" "SET foreign_key_checks = 0; DELETE FROM employments_rows; DELETE FROM persons_rows; UPDATE companies_rows SET name = 'yanlış'" prosektor
[ "$before" != "$(fingerprint "$work/lost")" ] || fail "the drill" "nothing was deleted" "correct the drill"

begun=$EPOCHREALTIME
scripts/backup logs
copied=$(since "$begun")
say "what is committed now is in no archive; the machine is lost"
sql "$work/lost" "UPDATE companies_rows SET name = 'verloren'" prosektor
server_end "$work/lost" KILL

begun=$EPOCHREALTIME
server_start "$work/found" "$((port + 1))" --server-id=2 --innodb-flush-log-at-trx-commit=2
export RESTORE_DEFAULTS=$work/found/client
scripts/restore --to "$to"
rto=$(since "$begun")
diff <(echo "$before") <(fingerprint "$work/found") || fail "restore to $to" "the tables differ, see above" "the archive or scripts/restore is wrong"
[ "$(mariadb -N -h127.0.0.1 -P"$((port + 1))" -uapp -pdrill prosektor -e 'SET ROLE application; SELECT COUNT(*) FROM provinces')" = 81 ] ||
  fail "sign in to the restored server" "the application's user sees no provinces" "users or rights are missing in the dump"
DATABASE_URL='' MIGRATOR_DATABASE_URL=mysql://migrator:drill@127.0.0.1:$((port + 1))/prosektor "$bin/migrate" --check

say "an archive that is not whole is refused"
refused() { ! scripts/restore --to "$2" > "$work/refusal" 2>&1 || fail "refuse $1" "it was restored" "correct scripts/restore"; grep -q "$3" "$work/refusal" || fail "refuse $1" "$(cat "$work/refusal")" "correct scripts/restore"; }
refused "a server that has the database" "$to" 'already'
server_end "$work/found" KILL; rm -rf "$work/found"
server_start "$work/found" "$((port + 1))" --server-id=2
refused "a time after the archive's end" "$(date -u -d '+1 hour' +%FT%TZ)" 'the archive ends at'
refused "a time before the first dump" 2020-01-01T00:00:00Z 'no dump was finished before'
first=$(ls "$BACKUP_DIR"/logs/*.000001_* | head -n 1); mv "$first" "$work/away"
refused "a gap in the logs" "$to" 'is not in the archive'; mv "$work/away" "$first"
age-keygen 2> "$work/log" > "$work/other"
BACKUP_IDENTITY=$work/other refused "a foreign key" "$to" 'no identity matched'
printf '\377' | dd of="$first" bs=1 seek=300 conv=notrunc status=none
refused "a changed file" "$to" 'failed to decrypt'

say "retention: a dump a day for 500 days"
kept=$(BACKUP_DIR=$work/old; export BACKUP_DIR; mkdir -p "$BACKUP_DIR"/{dumps,logs}
  for day in $(seq 0 499); do day=$(date -u -d "2026-11-25 - $day days" +%Y%m%d)
    : > "$BACKUP_DIR/dumps/${day}T010000Z_1_binlog.000001_4.sql.zst.age" > "$BACKUP_DIR/logs/1_binlog.${day}_9_${day}T020000Z.zst.age"; done
  scripts/backup prune; ls "$BACKUP_DIR/dumps" | wc -l; ls "$BACKUP_DIR/logs" | wc -l)
# 30 days reach back over four whole weeks and a day; the newest dump of a month is one of them in the first two months.
[ "$(echo $kept)" = '47 30' ] || fail "remove what is too old" "dumps and logs kept: $(echo $kept)" "correct scripts/backup"

printf '✓ restore: the demo data and %d more employees; dump %.1f s, %s; a pass over the logs %.1f s, so RPO %d s at one pass a minute; RTO %.1f s, the start of an empty server included\n' \
  "$rows" "$dumped" "$(du -sh "$BACKUP_DIR/dumps" | cut -f1)" "$copied" "$(awk "BEGIN { print int(61 + $copied) }")" "$rto"
