# Run once by the image, on an empty data folder: everything from the primary's first log on. A replica that is made
# later begins from a dump: docs/runbooks/failover.md.
mariadb --user=root --password="$MARIADB_ROOT_PASSWORD" <<SQL
SET sql_log_bin = 0;
RESET MASTER;
CHANGE MASTER TO master_host = 'primary', master_user = 'replication', master_password = '$REPLICATION_PASSWORD',
  master_connect_retry = 5, master_use_gtid = slave_pos;
START SLAVE;
SQL
