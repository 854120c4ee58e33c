# Sourced by drill: a planned switch, then the sudden death of a primary, both while others write.
one=$work/one two=$work/two
# follow FOLDER PORT: the server replicates from the one on the port, from where its own data end.
follow() {
  sql "$1" "SET GLOBAL gtid_slave_pos = @@gtid_current_pos, GLOBAL rpl_semi_sync_master_enabled = OFF, GLOBAL read_only = ON;
    CHANGE MASTER TO master_host = '127.0.0.1', master_port = $2, master_user = 'replication', master_password = 'drill',
      master_connect_retry = 1, master_use_gtid = slave_pos; START SLAVE"
}
# write PORT FROM FILE: inserts numbers one by one; FILE gets those that were answered. Ends with the first refusal.
write() {
  seq "$2" "$(($2 + 1000000))" | sed 's/.*/INSERT INTO writes VALUES (&); SELECT &;/' |
    mariadb -h127.0.0.1 -P"$1" -uapp -pdrill --database=drill -N --unbuffered > "$3" 2> "$3.error" || true
}
# written FILE: whether a hundred writes have been answered.
written() { [ -e "$1" ] && [ "$(wc -l < "$1")" -ge 100 ]; }
# complete FOLDER FILE…: the server has every number that was answered.
complete() {
  local server=$1; shift
  sql "$server" 'SELECT n FROM drill.writes' | sort > "$work/there"
  [ -z "$(sort "$@" | comm -23 - "$work/there")" ] || fail "find every answered write" "missing: $(sort "$@" | comm -23 - "$work/there" | head -n 5 | xargs)" "the promotion loses data: correct it"
}
# semi_sync FOLDER: whether its commits wait for a replica.
semi_sync() { [ "$(sql "$1" "SHOW STATUS WHERE Variable_name IN ('Rpl_semi_sync_master_status', 'Rpl_semi_sync_master_clients')" | cut -f2 | xargs)" = '1 ON' ]; }

say "a primary and a replica with the demo data"
server_start "$one" "$port" --server-id=1 --innodb-flush-log-at-trx-commit=2
server_start "$two" "$((port + 1))" --server-id=2 --innodb-flush-log-at-trx-commit=2
follow "$two" "$port"
prepare "$one" "$port"
sql "$one" "CREATE DATABASE drill; CREATE TABLE drill.writes (n BIGINT PRIMARY KEY); GRANT SELECT, INSERT ON drill.writes TO app; SET GLOBAL rpl_semi_sync_master_enabled = ON"
patiently "the replica" semi_sync "$one"

say "a planned switch"
write "$port" 1 "$work/first" & writer=$!
patiently "writes" written "$work/first"
begun=$EPOCHREALTIME
PROMOTE_DEFAULTS=$two/client scripts/promote --from "$one/client"
planned=$(since "$begun")
wait "$writer"
grep -q 'read-only' "$work/first.error" || fail "end the writes" "$(cat "$work/first.error")" "the old primary must refuse writes"
complete "$two" "$work/first"
diff <(fingerprint "$one") <(fingerprint "$two") || fail "compare both servers" "the tables differ, see above" "replication is not exact"

say "the death of the primary"
follow "$one" "$((port + 1))"
patiently "the replica" semi_sync "$two"
write "$((port + 1))" 2000001 "$work/second" & writer=$!
patiently "writes" written "$work/second"
server_end "$two" KILL
begun=$EPOCHREALTIME
PROMOTE_DEFAULTS=$one/client scripts/promote
sudden=$(since "$begun")
wait "$writer"
complete "$one" "$work/first" "$work/second"
mariadb -h127.0.0.1 -P"$port" -uapp -pdrill -e 'INSERT INTO drill.writes VALUES (0)' || fail "write to the new primary" "it refuses" "read_only must be off"
printf '✓ failover: %d answered writes, none missing; without writes for %.1f s when planned, %.1f s after the decision when not\n' \
  "$(cat "$work/first" "$work/second" | wc -l)" "$planned" "$sudden"
