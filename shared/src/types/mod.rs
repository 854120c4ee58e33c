//! Values that are valid by construction: parsed once at the edge, so that inside there is no invalid one.
//!
//! Each type has `parse(&str) -> Result<Self, Invalid>`; the same rule stands behind `FromText` (forms, queries and
//! JSON), `FromStr`, `Deserialize` and the database's decoder.

pub mod date;
mod digits;
mod email;
mod from_text;
mod iban;
mod id;
mod invalid;
pub mod istanbul;
pub(crate) mod macros;
mod mersis;
mod money;
mod nace;
mod phone;
pub mod schema;
mod sgk;
mod slug;
pub mod sql;
pub mod tax;
mod tax_id;
mod tckn;
mod text;
mod text_enum;
pub mod turkish;
pub mod typed;

pub use email::Email;
pub use from_text::{FromText, JsonKind};
pub use iban::Iban;
pub use id::{new_uuid, new_uuids};
pub use invalid::Invalid;
pub use mersis::Mersis;
pub use money::{Amount, Currency, Money, round_half_up};
pub use nace::NaceCode;
pub use phone::Phone;
pub use sgk::SgkNo;
pub use slug::{RESERVED_SLUGS, Slug, slugify};
pub use tax_id::{TaxId, Vkn};
pub use tckn::{MaskedTckn, Tckn, check_digits as tckn_check_digits};
pub use text::Text;
pub use text_enum::Words;

#[doc(hidden)]
pub use text_enum::not_one_of;

#[doc(hidden)]
pub mod macro_support {
    //! What the exported macros need at their caller's place, so that callers need not depend on it themselves.
    pub use {chrono, serde, sqlx, utoipa, uuid};
}
