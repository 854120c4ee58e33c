//! The danger class: what the law asks of a workplace depends on it.

use shared::{
    Error,
    db::{Db, like_prefix},
    error::Text,
    types::NaceCode,
};

use crate::warnings::Warning;

shared::text_enum! {
    /// Tehlike sınıfı.
    pub enum DangerClass {
        /// Az tehlikeli.
        LessDangerous = "LESS_DANGEROUS",
        /// Tehlikeli.
        Dangerous = "DANGEROUS",
        /// Çok tehlikeli.
        VeryDangerous = "VERY_DANGEROUS",
    }
}

/// The danger class of an activity, by the hazard-class communiqué.
///
/// People often know the first four digits and fill up with zeros. Such a code gets the most dangerous
/// class of its group and a warning; one of a group that does not exist is refused.
pub async fn of_nace(db: &mut Db, code: &NaceCode) -> shared::Result<(DangerClass, Option<Warning>)> {
    let group = like_prefix(code.activity_branch());
    let found = sqlx::query!(
        r#"SELECT danger_class AS "class: DangerClass", code = ? AS "is_exact!: bool" FROM nace_codes
           WHERE code LIKE ?
           ORDER BY 2 DESC, is_current DESC, FIELD(danger_class, 'VERY_DANGEROUS', 'DANGEROUS', 'LESS_DANGEROUS')
           LIMIT 1"#,
        code,
        group
    )
    .fetch_optional(db)
    .await?;
    match found {
        Some(found) if found.is_exact => Ok((found.class, None)),
        Some(found) => Ok((found.class, Some(inexact()))),
        None => Err(Error::field(
            "naceCode",
            "UNKNOWN_NACE_CODE",
            "Bu NACE kodu tehlike sınıfları listesinde yok; listeden bir kod seçin.",
            "This NACE code is not in the list of danger classes; choose one from the list.",
        )),
    }
}

fn inexact() -> Warning {
    Warning::new(
        "naceCode",
        "NACE_CODE_NOT_LISTED",
        &Text::new(
            "Bu NACE kodu listede yok; grubunun en yüksek tehlike sınıfı kullanıldı. Listeden tam kodu seçin.",
            "This NACE code is not in the list; the most dangerous class of its group was used. Choose the exact code.",
        ),
    )
}
