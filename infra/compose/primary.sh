# Run once by the image, on an empty data folder: roles and users as docs/data.md describes them.
mariadb --user=root --password="$MARIADB_ROOT_PASSWORD" <<SQL
CREATE DATABASE prosektor CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_turkish_ai_ci;
CREATE ROLE application; CREATE ROLE system_tasks;
CREATE USER app IDENTIFIED BY '$APP_PASSWORD', system IDENTIFIED BY '$SYSTEM_PASSWORD', migrator IDENTIFIED BY '$MIGRATOR_PASSWORD',
  backup IDENTIFIED BY '$BACKUP_PASSWORD', replication IDENTIFIED BY '$REPLICATION_PASSWORD';
GRANT ALL ON prosektor.* TO migrator WITH GRANT OPTION; GRANT CREATE USER ON *.* TO migrator;
GRANT application TO app, migrator WITH ADMIN OPTION;
GRANT system_tasks TO system, migrator WITH ADMIN OPTION; GRANT REFERENCES ON prosektor.* TO app, system;
GRANT SELECT, EXECUTE, SHOW VIEW, TRIGGER, EVENT, RELOAD, BINLOG MONITOR, REPLICATION SLAVE ON *.* TO backup;
GRANT REPLICATION SLAVE ON *.* TO replication;
SQL
