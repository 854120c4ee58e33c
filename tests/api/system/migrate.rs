//! The command's library: on the running system's database, and on one that a test makes for itself.

use std::path::PathBuf;

use sqlx::{Connection as _, Executor as _, MySqlConnection};
use system::migrations::{self, Error};
use tests::harness::{STACK, database, new_id, variable};
use tokio::process::Command;

#[tokio::test]
async fn nothing_is_pending_and_another_run_changes_nothing() {
    let mut db = database().await;
    assert_eq!(migrations::pending(&mut db).await.unwrap(), Vec::<String>::new());
    assert_eq!(migrations::apply(&mut db).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn the_command_ends_with_one_when_there_is_something_to_do_and_with_two_when_it_failed() {
    let program = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("migrate");
    let run = async |arguments: &[&str], url: &str| {
        let output = Command::new(&program).args(arguments).env("MIGRATOR_DATABASE_URL", url).output().await.unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let url = STACK.migrator_url.as_str();
    assert_eq!(run(&["--check"], url).await.0, Some(0));

    let file = PathBuf::from(variable("STACK_DATA")).join(format!("provinces-{}.csv", new_id().simple()));
    let other = include_str!("../../../migrations/reference/provinces.csv").replace("Adana", "Adanaa");
    tokio::fs::write(&file, other).await.unwrap();
    let replace = ["reference", "--table", "provinces", "--check", "--file"];
    assert_eq!(run(&[&replace[..], &[file.to_str().unwrap()]].concat(), url).await.0, Some(1));
    tokio::fs::remove_file(&file).await.unwrap();

    let (code, said) = run(&[&replace[..], &["/none.csv"]].concat(), url).await;
    assert_eq!(
        (code, said.trim()),
        (Some(2), "migrate: /none.csv cannot be read: No such file or directory (os error 2)")
    );
    assert_eq!(run(&["--check"], "mysql://nobody@127.0.0.1:9/none").await.0, Some(2));
    assert_eq!(run(&["--what"], url).await.0, Some(2));
}

/// A database without anything in it, which nobody else uses.
async fn scratch() -> MySqlConnection {
    let mut owner = database().await;
    owner.execute("DROP DATABASE IF EXISTS prosektor_scratch").await.unwrap();
    owner.execute("CREATE DATABASE prosektor_scratch CHARACTER SET utf8mb4 COLLATE utf8mb4_bin").await.unwrap();
    connect_to_scratch().await
}

async fn connect_to_scratch() -> MySqlConnection {
    migrations::connect(Some(STACK.migrator_url.replace("/prosektor", "/prosektor_scratch"))).await.unwrap()
}

/// Of two runs at once one does everything, and the other waits and finds nothing left to do.
async fn two_runs_at_once_wait_for_each_other() {
    let (mut one, mut two) = (scratch().await, connect_to_scratch().await);
    let (one, two) = tokio::join!(migrations::apply(&mut one), migrations::apply(&mut two));
    let mut done = [one.unwrap().len(), two.unwrap().len()];
    done.sort_unstable();
    assert_eq!(done, [0, migrations::files().iter().count() + 3], "the files and the reference data, each once");
}

/// One test for all of it: there is one such database.
#[tokio::test]
async fn a_file_that_died_anywhere_runs_again_and_a_changed_one_is_refused() {
    two_runs_at_once_wait_for_each_other().await;
    let mut db = scratch().await;
    for file in migrations::files().iter() {
        let statements: Vec<&str> = file.sql.split_inclusive(";\n").collect();
        for cut in 1..=statements.len() {
            for statement in &statements[..cut] {
                let ran = db.execute(*statement).await;
                assert!(ran.is_ok(), "{:04}, cut after {cut}: {ran:?}: {statement}", file.version);
            }
        }
    }
    // What stands there without a mark is pending, and applying it once more does no harm.
    let count = migrations::files().iter().count();
    assert_eq!(migrations::pending(&mut db).await.unwrap().len(), count);
    assert_eq!(migrations::apply(&mut db).await.unwrap().len(), count + 3, "the files and the reference data");
    assert!(migrations::pending(&mut db).await.unwrap().is_empty());

    db.execute("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 8").await.unwrap();
    db.execute("UPDATE provinces_rows SET name = 'Adanaa' WHERE code = '01'").await.unwrap();
    assert_eq!(migrations::pending(&mut db).await.unwrap(), ["0008 companies (died in the middle)"]);
    assert_eq!(migrations::apply(&mut db).await.unwrap(), ["applied 0008 companies", "loaded 1 rows of provinces.csv"]);

    // A newer release has been here: the older one leaves it alone.
    db.execute("INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, TRUE, checksum, 0 FROM _sqlx_migrations WHERE version = 1").await.unwrap();
    assert!(migrations::apply(&mut db).await.unwrap().is_empty());

    db.execute("UPDATE _sqlx_migrations SET checksum = 'x' WHERE version = 3").await.unwrap();
    assert!(matches!(migrations::pending(&mut db).await, Err(Error::Changed(3))));
    assert!(matches!(migrations::apply(&mut db).await, Err(Error::Changed(3))));
    db.close().await.unwrap();

    let mut db = scratch().await;
    super::released::every_later_file_leaves_the_release_what_it_reads_and_writes(&mut db).await;
    db.execute("DROP DATABASE prosektor_scratch").await.unwrap();
    db.close().await.unwrap();
}
