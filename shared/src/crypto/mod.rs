//! Field encryption, blind indexes and signatures.

pub mod random;
