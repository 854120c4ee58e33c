//! How large the functions' binaries are, each built as its image builds it.

use crate::{
    figures::{Row, Runs, Target},
    page,
    runtime::programs,
    trouble::{During as _, Result},
};

/// What stands in every binary that has AWS's SDK inside.
const SDK: &[u8] = b"aws_sdk_";

const BELOW: &str = "Each is built alone (`cargo build --profile image --bin …`), as `infra/image/build` does. Floor: a \
    function that does nothing (`empty`), of the release build.";

/// Weighs every binary of the images' profile and writes the section.
pub(crate) fn measure() -> Result<bool> {
    let step = "look at the binaries";
    let built = programs().with_file_name("image");
    let empty = std::fs::metadata(programs().join("empty")).during(step)?.len();
    let mut rows = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(&built).during(step)?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.is_file() && file.extension().is_none()) {
        let bytes = std::fs::read(file).during(step)?;
        let has_sdk = bytes.windows(SDK.len()).any(|window| window == SDK);
        let (limit, kind) = if has_sdk { (11.0, "AWS SDK inside") } else { (6.0, "no AWS SDK") };
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with('.') {
            rows.push(Row {
                what: format!("`{name}` ({kind})"),
                target: Target::AtMost(limit),
                runs: megabytes(bytes.len() as u64),
                unit: ("MB", 1),
                floor: vec![megabytes(empty)],
            });
        }
    }
    page::write("sizes", &rows, BELOW)?;
    Ok(rows.iter().all(Row::is_kept))
}

#[expect(clippy::cast_precision_loss, reason = "megabytes of a figure")]
fn megabytes(bytes: u64) -> Runs {
    [bytes as f64 / 1e6].into_iter().collect()
}
