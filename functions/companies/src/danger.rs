//! The danger class: what the law asks of a workplace depends on it.

use shared::{Error, db::Db, types::NaceCode};

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

/// The danger class of an activity, by the hazard-class communiqué. A code that is not in the list is refused.
pub async fn of_nace(db: &mut Db, code: &NaceCode) -> shared::Result<DangerClass> {
    let found = sqlx::query_scalar!(
        r#"SELECT danger_class AS "danger_class: DangerClass" FROM nace_codes WHERE code = ?"#,
        code.as_str()
    )
    .fetch_optional(db)
    .await?;
    found.ok_or_else(|| {
        Error::field(
            "naceCode",
            "UNKNOWN_NACE_CODE",
            "Bu NACE kodu tehlike sınıfları listesinde yok; listeden bir kod seçin.",
            "This NACE code is not in the list of danger classes; choose one from the list.",
        )
    })
}
