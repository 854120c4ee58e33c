//! Whether the local MariaDB has the settings of production.

use std::collections::BTreeMap;

use super::of_kind;

/// RDS writes the binary log because it keeps backups, encrypts the whole disk, and replicates in its own way, with
/// every commit on its standby.
const NOT_IN_THE_CLOUD: [&str; 8] = [
    "log_bin",
    "plugin_load_add",
    "innodb_encrypt_tables",
    "innodb_encrypt_log",
    "log_slave_updates",
    "gtid_strict_mode",
    "slave_parallel_",
    "rpl_semi_sync_",
];

/// What another name, another word or another way of the cloud stands for.
fn in_the_cloud(name: &str, value: &str) -> Option<(String, String)> {
    let same = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
    match (name, value) {
        ("transaction_isolation", value) => same("tx_isolation", value),
        ("default_time_zone", "+00:00") => same("time_zone", "UTC"),
        ("skip_name_resolve", _) => same("skip_name_resolve", "1"),
        (name, _) if NOT_IN_THE_CLOUD.iter().any(|it| *it == name || it.ends_with('_') && name.starts_with(it)) => None,
        (name, value) => same(name, value),
    }
}

#[test]
fn what_the_product_counts_on_is_the_same_in_both() {
    let group = of_kind("production", "AWS::RDS::DBParameterGroup").remove(0);
    let cloud: BTreeMap<String, String> = group.properties["Parameters"]
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../", "infra/mariadb.cnf");
    let file = std::fs::read_to_string(file).unwrap();
    let counted_on = file.lines().filter(|line| !line.starts_with(['#', '[']) && !line.is_empty());
    for setting in counted_on {
        let (name, value) = setting.split_once(" = ").unwrap_or((setting, ""));
        if let Some((name, value)) = in_the_cloud(&name.replace('-', "_"), value) {
            assert_eq!(cloud.get(&name), Some(&value), "{setting} of the local server, in infra/data.yaml");
        }
    }
    let database = of_kind("production", "AWS::RDS::DBInstance").remove(0);
    assert_eq!(database.properties["StorageEncrypted"], true);
}
