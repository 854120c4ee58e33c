//! How large the binaries are.

use crate::{
    figures::{Row, Target},
    runtime::programs,
    trouble::{During as _, Result},
};

/// What stands in every binary that has AWS's SDK inside.
const SDK: &[u8] = b"aws_sdk_";

/// Where the functions stand.
const TEMPLATES: [&str; 2] = ["template.yaml", "infra/tasks.yaml"];

pub(super) fn rows() -> Result<Vec<Row>> {
    let step = "look at the binaries";
    let mut text = String::new();
    for template in TEMPLATES {
        text += &std::fs::read_to_string(template).during(step)?;
    }
    let [mut readers, mut others] = [const { Vec::new() }; 2];
    for file in std::fs::read_dir(programs()).during(step)?.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        // `ImageUri: !Sub "${Images}/companies:${Release}"`
        if !text.contains(&format!("/{name}:${{")) {
            continue;
        }
        let bytes = std::fs::read(file.path()).during(step)?;
        #[expect(clippy::cast_precision_loss, reason = "megabytes of a figure")]
        let size = bytes.len() as f64 / 1e6;
        let has_sdk = bytes.windows(SDK.len()).any(|window| window == SDK);
        if has_sdk { &mut others } else { &mut readers }.push((name, size));
    }
    let empty = std::fs::metadata(programs().join("empty")).during(step)?.len();
    let row = |what: &str, limit, of: Vec<(String, f64)>| {
        let names: Vec<_> = of.iter().map(|(name, _)| name.as_str()).collect();
        Row {
            what: format!("{what} ({})", names.join(", ")),
            target: Target::AtMost(limit),
            runs: of.iter().map(|(_, size)| *size).collect(),
            unit: ("MB", 1),
            #[expect(clippy::cast_precision_loss, reason = "megabytes of a figure")]
            floor: vec![[empty as f64 / 1e6].into_iter().collect()],
        }
    };
    let mut rows = Vec::new();
    for (what, limit, of) in [
        ("binary of a function without the AWS SDK", 6.0, readers),
        ("binary of a function with the AWS SDK inside", 11.0, others),
    ] {
        if !of.is_empty() {
            rows.push(row(what, limit, of));
        }
    }
    Ok(rows)
}
