//! The migrations are part of the binary, so a new file must make a new one.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
