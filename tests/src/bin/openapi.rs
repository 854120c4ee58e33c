//! Writes `docs/api/openapi.json` and `docs/api/roles.md` from the code.

use std::{fs, io, path::Path};

use tests::openapi;

fn main() -> io::Result<()> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api"));
    fs::create_dir_all(folder)?;
    for (name, text) in [("openapi.json", openapi::file()), ("roles.md", openapi::roles::file())] {
        let file = folder.join(name);
        // An unchanged file keeps its time, so that nothing is rebuilt for it.
        if fs::read_to_string(&file).unwrap_or_default() != text {
            fs::write(&file, text)?;
        }
    }
    Ok(())
}
