//! Field encryption, blind indexes and signatures.
