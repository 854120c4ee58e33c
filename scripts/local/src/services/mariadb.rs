//! A private MariaDB with the server settings of production.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use tokio::process::Command;

use super::until;
use crate::environment::{Environment, USERS, random_hexadecimal};
use crate::family::{Family, Layer};
use crate::place::{Kind, Place, program};
use crate::say;
use crate::trouble::{During, Result, Trouble};

/// The settings that the product counts on.
const SETTINGS: &str = "infra/mariadb.cnf";

/// What makes a small instance on a laptop.
const SMALL: [&str; 9] = [
    "--bind-address=127.0.0.1",
    "--socket=mariadb.sock",
    "--pid-file=mariadb.pid",
    "--max-connections=300",
    "--innodb-buffer-pool-size=128M",
    "--innodb-flush-log-at-trx-commit=2",
    "--sync-binlog=0",
    "--expire-logs-days=1",
    "--max-binlog-size=64M",
];

/// Starts it, on the first time with a new data folder, and makes the database, its roles and users.
pub(super) async fn start(place: &Place, family: &Family, environment: &Environment) -> Result<()> {
    let begun = Instant::now();
    check_version().await?;
    let data = install(place).await?;
    serve(place, family, ("mariadb", place.mariadb()), &data, &["--server-id=1"]).await?;
    make_users(&data, place, environment).await.map_err(|trouble| trouble.log(&place.log("mariadb")))?;
    say::done(format!("MariaDB on {}", place.mariadb()), begun);
    Ok(())
}

/// Starts a server on a data folder and waits until it answers.
pub(super) async fn serve(
    place: &Place,
    family: &Family,
    (name, port): (&'static str, u16),
    data: &Path,
    options: &[&str],
) -> Result<()> {
    let log = place.log(name);
    let mut command = Command::new(program("mariadbd"));
    command.arg(format!("--defaults-file={}", place.root.join(SETTINGS).display())).args(SMALL);
    command.arg(format!("--datadir={}", data.display())).arg(format!("--port={port}"));
    command.arg(format!("--file-key-management-filename={}", key(place)?.display()));
    // The last word counts. In the cloud, too, the lists of a million employees lie in memory.
    command.args((place.kind == Kind::Bench).then_some("--innodb-buffer-pool-size=2G"));
    command.args(options).args(as_root());
    let child = family.spawn(name, Layer::Service, &mut command, &log)?;
    let child = until(&format!("start {name}"), child, &log, async || ping(data).await).await?;
    family.watch(child, name);
    Ok(())
}

async fn check_version() -> Result<()> {
    let step = "find MariaDB 10.11";
    let advice = "install Debian's or Ubuntu's package mariadb-server (10.11), or put mariadbd 10.11 into the PATH";
    let output = Command::new(program("mariadbd")).arg("--version").output().await;
    let output = output.map_err(|error| Trouble::new(step, format!("mariadbd: {error}")).advice(advice))?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if version.contains(" 10.11.") {
        Ok(())
    } else {
        Err(Trouble::new(step, format!("found {version:?}")).advice(advice))
    }
}

/// The data folder; made beside its final name, so that a broken attempt is not taken for a good one.
pub(super) async fn install(place: &Place) -> Result<PathBuf> {
    let (data, fresh) = (place.data().join("mariadb"), place.data().join("mariadb.new"));
    if data.is_dir() {
        return Ok(data);
    }
    let (step, log) = ("make MariaDB's data folder", place.log("mariadb-install"));
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh).during(step)?;
    }
    let output = Command::new("mariadb-install-db")
        .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
        .arg(format!("--datadir={}", fresh.display()))
        .args(as_root())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .during(step)?;
    std::fs::write(&log, [output.stdout, output.stderr].concat()).during(step)?;
    if !output.status.success() {
        return Err(Trouble::new(step, format!("mariadb-install-db ended with {}", output.status)).log(&log));
    }
    std::fs::rename(&fresh, &data).during(step)?;
    Ok(data)
}

/// mariadbd refuses to run as root by accident.
fn as_root() -> Option<&'static str> {
    rustix::process::geteuid().is_root().then_some("--user=root")
}

/// The key of the tables: one for each data folder.
fn key(place: &Place) -> Result<PathBuf> {
    let file = place.data().join("mariadb.key");
    if !file.exists() {
        std::fs::write(&file, format!("1;{}\n", random_hexadecimal(32))).during("make the key of MariaDB's tables")?;
    }
    Ok(file)
}

/// The database, and the users that an operator would make: migrations grant to the roles, never to users.
fn statements(environment: &Environment) -> String {
    let mut sql = String::from(
        "CREATE DATABASE IF NOT EXISTS prosektor CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_turkish_ai_ci;\n\
         DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost'; FLUSH PRIVILEGES;\n",
    );
    for (user, variable) in USERS {
        let secret = environment.password(variable);
        let _ =
            writeln!(sql, "CREATE USER IF NOT EXISTS `{user}`@'%'; ALTER USER `{user}`@'%' IDENTIFIED BY '{secret}';");
    }
    // The tests of the migrations, of the reference data and of staging's data make and drop databases of their own.
    sql.push_str(
        "GRANT ALL PRIVILEGES ON prosektor.* TO migrator@'%' WITH GRANT OPTION;\n\
         GRANT ALL PRIVILEGES ON prosektor_scratch.* TO migrator@'%' WITH GRANT OPTION;\n\
         GRANT ALL PRIVILEGES ON prosektor_scratch_reference.* TO migrator@'%' WITH GRANT OPTION;\n\
         GRANT ALL PRIVILEGES ON prosektor_scratch_staging.* TO migrator@'%' WITH GRANT OPTION;\n\
         GRANT CREATE USER ON *.* TO migrator@'%';\n",
    );
    for role in ["application", "system_tasks", "checks"] {
        let _ = writeln!(sql, "CREATE ROLE IF NOT EXISTS {role};");
    }
    // As in infra/README.md: the functions take their role when they connect. REFERENCES allows nothing by itself, but to
    // connect to the database. (NONE ends the default role that earlier versions of this gave.)
    for (role, to) in [("application", "app"), ("system_tasks", "system")] {
        let _ = writeln!(sql, "GRANT {role} TO `{to}`@'%'; SET DEFAULT ROLE NONE FOR `{to}`@'%';");
        let _ = writeln!(sql, "GRANT REFERENCES ON prosektor.* TO `{to}`@'%';");
    }
    // The test of staging's data reads its database as the application does.
    sql.push_str("GRANT REFERENCES ON prosektor_scratch_staging.* TO app@'%';\n");
    // `checker` sees what any function may see: the macros of sqlx check every statement as that user.
    sql.push_str("GRANT checks TO checker@'%'; SET DEFAULT ROLE checks FOR checker@'%';\n");
    for role in ["application", "system_tasks"] {
        let _ = writeln!(sql, "GRANT {role} TO checks; GRANT {role} TO migrator@'%' WITH ADMIN OPTION;");
    }
    sql
}

async fn make_users(data: &Path, place: &Place, environment: &Environment) -> Result<()> {
    let step = "make the database and its users";
    let file = place.data().join("mariadb.sql");
    std::fs::write(&file, statements(environment)).during(step)?;
    ask(client(data).stdin(std::fs::File::open(&file).during(step)?), step).await.map(drop)
}

/// Asks a server on this machine as its administrator.
pub(crate) async fn query(data: &Path, step: &str, sql: &str) -> Result<String> {
    ask(client(data).args(["-e", sql]).stdin(Stdio::null()), step).await
}

async fn ask(client: &mut Command, step: &str) -> Result<String> {
    let output = client.output().await.during(step)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Trouble::new(step, String::from_utf8_lossy(&output.stderr).trim()))
}

async fn ping(data: &Path) -> bool {
    let answer = client(data).args(["-e", "SELECT 1"]).stdin(Stdio::null()).output().await;
    answer.is_ok_and(|output| output.status.success())
}

/// The client as root. The socket's name is relative: a socket's whole path may have no more than 107 bytes.
fn client(data: &Path) -> Command {
    let mut command = Command::new("mariadb");
    command.current_dir(data).args(["--no-defaults", "--user=root", "--socket=mariadb.sock", "--batch"]);
    command.kill_on_drop(true);
    command
}
