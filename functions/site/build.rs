//! Compresses the assets, which `./scripts/assets` has built, and lists them for `src/assets.rs`.

use std::{
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

fn main() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/assets/dist");
    #[expect(clippy::disallowed_methods, reason = "cargo tells a build script where to write by its environment")]
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    println!("cargo:rerun-if-changed={}", source.display());
    if let Err(error) = list(&source, &out) {
        panic!("{}: {error}", source.display());
    }
}

fn list(source: &Path, out: &Path) -> std::io::Result<()> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(source)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.sort();
    let mut code = String::from("&[\n");
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name == "assets.json" {
            continue;
        }
        let bytes = std::fs::read(&file)?;
        let hash = Sha256::digest(&bytes).iter().take(6).fold(String::new(), |mut hash, byte| {
            let _ = write!(hash, "{byte:02x}");
            hash
        });
        let is_text = ["css", "js", "svg"].iter().any(|kind| file.extension().is_some_and(|found| found == *kind));
        let (brotli, gzip) = if is_text { (brotli(&bytes)?, gzip(&bytes)?) } else { (Vec::new(), Vec::new()) };
        let include = |suffix: &str, bytes: &[u8]| -> std::io::Result<String> {
            let path = out.join(format!("{name}{suffix}"));
            std::fs::write(&path, bytes)?;
            Ok(format!("include_bytes!({:?})", path.display().to_string()))
        };
        let (plain, brotli, gzip) = (include("", &bytes)?, include(".br", &brotli)?, include(".gz", &gzip)?);
        let _ = writeln!(
            code,
            "Asset {{ name: {name:?}, hash: {hash:?}, plain: {plain}, brotli: {brotli}, gzip: {gzip} }},"
        );
    }
    code.push(']');
    std::fs::write(out.join("assets.rs"), code)
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 11, 22).write_all(bytes)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
