# Sourced by restore and drill: private MariaDB servers that live as long as the script does.
program() { command -v "$1" || { [ -x "/usr/sbin/$1" ] && echo "/usr/sbin/$1"; } || fail "find $1" "it is not installed" "apt-get install ${2:-mariadb-server}"; }
fail() { printf '✗ %s\n  why: %s\n  do:  %s\n' "$@" >&2; exit 1; }

# Seconds since a value of $EPOCHREALTIME.
since() { local us=$((${EPOCHREALTIME/[.,]/} - ${1/[.,]/})); printf '%d.%06d' $((us / 1000000)) $((us % 1000000)); }

declare -A server_pids=()

# server_start FOLDER PORT OPTION…: a server with the product's settings; PORT 0 means by its socket only.
server_start() {
  local folder=$1 port=$2 as_root=(); shift 2
  [ "$(id -u)" -ne 0 ] || as_root=(--user=root)
  if [ ! -d "$folder/data" ]; then
    mkdir -p "$folder"; chmod 700 "$folder"
    echo "1;$(openssl rand -hex 32)" > "$folder/keys"
    mariadb-install-db --no-defaults --auth-root-authentication-method=normal --skip-test-db "${as_root[@]}" \
      --datadir="$folder/data" > "$folder/install.log" 2>&1 || fail "make $folder" "$(tail -n 3 "$folder/install.log")" "read $folder/install.log"
    printf '[client]\nuser=root\nsocket=%s\n' "$folder/data/s" > "$folder/client"
  fi
  [ "$port" -ne 0 ] || set -- --skip-networking "$@"
  # A socket's whole path may have no more than 107 bytes.
  "$(program mariadbd)" --defaults-file=infra/mariadb.cnf "${as_root[@]}" --datadir="$folder/data" --socket="$folder/data/s" \
    --port="$port" --bind-address=127.0.0.1 --file-key-management-filename="$folder/keys" --pid-file=pid \
    --innodb-buffer-pool-size="${BUFFER_POOL:-256M}" "$@" >> "$folder/log" 2>&1 &
  server_pids[$folder]=$!
  for _ in $(seq 600); do
    mariadb --defaults-file="$folder/client" -e "SET sql_log_bin = 0; DELETE FROM mysql.global_priv WHERE Host <> 'localhost' AND User IN ('', 'root'); FLUSH PRIVILEGES" 2>/dev/null && return
    kill -0 "${server_pids[$folder]}" 2>/dev/null || break
    sleep 0.1
  done
  fail "start MariaDB in $folder" "$(tail -n 3 "$folder/log")" "read $folder/log"
}

# server_end FOLDER [SIGNAL]: TERM lets it close its files, KILL is the loss of the machine.
server_end() {
  [ -n "${server_pids[$1]:-}" ] || return 0
  kill -s "${2:-TERM}" "${server_pids[$1]}" 2>/dev/null || true
  wait "${server_pids[$1]}" 2>/dev/null || true
  unset "server_pids[$1]"
}

servers_end() { for folder in "${!server_pids[@]}"; do server_end "$folder" KILL; done; }

# sql FOLDER STATEMENTS: as the server's administrator, bare values.
sql() { mariadb --defaults-file="$1/client" --batch --skip-column-names ${3:+--database="$3"} -e "$2"; }
