//! The command's library: the schema and the reference data of the running system.

use tests::harness::database;

#[tokio::test]
async fn nothing_is_pending_and_another_run_changes_nothing() {
    let mut db = database().await;
    assert_eq!(system::migrations::pending(&mut db).await.unwrap(), Vec::<String>::new());
    assert_eq!(system::migrations::apply(&mut db).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn two_runs_at_once_wait_for_each_other() {
    let (mut one, mut two) = (database().await, database().await);
    let (one, two) = tokio::join!(system::migrations::apply(&mut one), system::migrations::apply(&mut two));
    assert!(one.is_ok() && two.is_ok());
}
