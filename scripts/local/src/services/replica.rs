//! A second MariaDB that replicates from the first, by GTID.

use std::path::PathBuf;
use std::time::Instant;

use tokio::process::Command;

use super::mariadb::{install, query, serve};
use crate::environment::random_hexadecimal;
use crate::family::Family;
use crate::place::{Kind, Place};
use crate::say;
use crate::trouble::{During, Result, Trouble};

/// Where its data are.
pub(crate) fn folder(place: &Place) -> PathBuf {
    place.data().join("replica")
}

/// Where one is wanted, makes it anew from the primary's files, which nobody writes to yet. The logs that it missed may be gone by now.
pub(super) async fn copy(place: &Place) -> Result<()> {
    if !place.replicated {
        return Ok(());
    }
    let (step, primary, replica) = ("copy the database for its replica", install(place).await?, folder(place));
    if replica.exists() {
        std::fs::remove_dir_all(&replica).during(step)?;
    }
    let copied = Command::new("cp").arg("-a").arg(primary).arg(replica).status().await.during(step)?;
    if copied.success() { Ok(()) } else { Err(Trouble::new(step, format!("cp ended with {copied}"))) }
}

/// Where one is wanted, starts it and lets it follow the primary, which runs.
pub(super) async fn start(place: &Place, family: &Family) -> Result<()> {
    if !place.replicated {
        return Ok(());
    }
    let (begun, data, step) = (Instant::now(), folder(place), "replicate");
    serve(place, family, ("replica", place.replica()), &data, &["--server-id=2", "--read-only"]).await?;
    let secret = random_hexadecimal(16);
    let user = format!(
        "CREATE USER IF NOT EXISTS replication@'%'; ALTER USER replication@'%' IDENTIFIED BY '{secret}'; \
         GRANT REPLICATION SLAVE ON *.* TO replication@'%'"
    );
    query(&place.data().join("mariadb"), step, &user).await?;
    let follow = format!(
        "SET GLOBAL gtid_slave_pos = @@gtid_binlog_pos; \
         CHANGE MASTER TO master_host = '127.0.0.1', master_port = {}, master_user = 'replication', \
         master_password = '{secret}', master_connect_retry = 1, master_use_gtid = slave_pos; START SLAVE",
        place.mariadb()
    );
    query(&data, step, &follow).await?;
    if place.kind == Kind::Test {
        // Tests tell the servers apart by rows that only the replica has; see tests/api/database/replica.rs.
        let marks = "SET sql_log_bin = 0; CREATE USER IF NOT EXISTS marker@'%' IDENTIFIED BY 'marker'; \
                     GRANT ALL ON prosektor.* TO marker@'%'; GRANT READ_ONLY ADMIN, BINLOG ADMIN ON *.* TO marker@'%'";
        query(&data, step, marks).await?;
    }
    say::done(format!("replica on {}", place.replica()), begun);
    Ok(())
}

/// By how many seconds it is behind; endless when it does not replicate.
pub(crate) async fn lag(place: &Place) -> f64 {
    let status = query(&folder(place), "ask the replica", "SHOW SLAVE STATUS\\G").await.unwrap_or_default();
    let behind = status.lines().find_map(|line| line.trim().strip_prefix("Seconds_Behind_Master: "));
    behind.and_then(|seconds| seconds.parse().ok()).unwrap_or(f64::INFINITY)
}
