//! Encrypted numbers: a made-up one under staging's keys. Production's keys are not needed: its blind index says which
//! rows are of one person.

use shared::{
    crypto::{Aad, BlindIndex, FieldCipher},
    types::Tckn,
};
use uuid::Uuid;

/// A number that is kept in three columns.
struct Number {
    table: &'static str,
    cipher: &'static str,
    index: &'static str,
    mask: &'static str,
    /// What a record is bound to beside the row's id.
    place: (&'static str, &'static str),
    purpose: &'static str,
}

const NUMBERS: [Number; 1] = [Number {
    table: "persons_rows",
    cipher: "tckn_cipher",
    index: "tckn_index",
    mask: "tckn_mask",
    place: ("persons", "tckn_cipher"),
    purpose: "persons.tckn",
}];

/// One of the three columns.
pub(crate) struct Part {
    number: &'static Number,
    column: String,
}

impl Part {
    /// The part that a column holds, if it holds one.
    pub(crate) fn of(table: &str, column: &str) -> Option<Self> {
        let holds =
            |number: &&Number| number.table == table && [number.cipher, number.index, number.mask].contains(&column);
        NUMBERS.iter().find(holds).map(|number| Self { number, column: column.to_owned() })
    }

    /// The column by which rows of one person know each other.
    pub(crate) fn known_by(&self) -> &'static str {
        self.number.index
    }

    /// What the column holds for this number.
    pub(crate) fn value(
        &self,
        tckn: &Tckn,
        (tenant, id): (Uuid, Uuid),
        cipher: &FieldCipher,
        index: &BlindIndex,
    ) -> Vec<u8> {
        let plain = tckn.expose();
        if self.column == self.number.cipher {
            cipher.encrypt(plain.as_bytes(), Aad::new(self.number.place.0, id, self.number.place.1))
        } else if self.column == self.number.index {
            index.index(tenant, self.number.purpose, plain).to_vec()
        } else {
            tckn.masked().to_string().into_bytes()
        }
    }
}
