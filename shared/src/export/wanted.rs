//! What is asked of an export: the list's own filters, its order, and the file's format.

use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};

use crate::{
    auth::{Caller, Role},
    error::{Code, Detail, Error, Result, Text},
    http::{
        Paging,
        input::{Fields, Input},
    },
};

crate::text_enum! {
    /// The format of a file.
    pub enum Format {
        /// Text with semicolons.
        Csv = "csv",
        /// A workbook of Excel.
        Xlsx = "xlsx",
    }
}

crate::input! {
    /// What every export accepts besides the list's own filters.
    pub(super) struct OrderFields {
        /// The file's format.
        pub format: Format,
        /// Words to look for, as in the list: 2 to 100 characters.
        pub q: Option<String>,
        /// Fields to sort by, as in the list.
        pub sort: Option<String>,
        /// Whether deleted rows are in it too; ADMIN only.
        pub include_deleted: Option<bool>,
        /// Whether what is masked elsewhere stands in it in full, which is recorded; ADMIN only.
        pub reveal: Option<bool>,
    }
}

/// An export as somebody asks for it.
#[derive(Debug, Clone)]
pub struct Wanted<F> {
    /// The file's format.
    pub format: Format,
    /// Search, order and whether deleted rows are wanted.
    pub paging: Paging,
    /// The list's own filters.
    pub filter: F,
    /// Whether masked fields are wanted in full.
    pub reveal: bool,
    /// The fields as they came, from which the worker reads all this again.
    kept: Map<String, Value>,
}

impl<F: Input> Input for Wanted<F> {
    fn read_fields(fields: &mut Fields) -> Option<Self> {
        let kept = fields.values();
        let own = OrderFields::read_fields(fields)?;
        let paging = Paging::whole(own.q, own.sort, own.include_deleted.unwrap_or(false), fields);
        let filter = F::read_fields(fields);
        let (paging, filter) = paging.zip(filter)?;
        Some(Self { format: own.format, paging, filter, reveal: own.reveal.unwrap_or(false), kept })
    }
}

impl<F> Wanted<F> {
    /// What the worker is told.
    pub(super) fn kept(&self) -> &Map<String, Value> {
        &self.kept
    }

    /// Refuses what only an ADMIN may have, and the revealing of a list that masks nothing.
    pub(super) fn check(&self, caller: &Caller, masked: &[&str]) -> Result<()> {
        self.paging.check(caller)?;
        if self.reveal && masked.is_empty() {
            return Err(Error::field(
                "reveal",
                "NOTHING_TO_REVEAL",
                "Bu listede maskelenen alan yok; reveal göndermeyin.",
                "Nothing is masked in this list; leave reveal out.",
            ));
        }
        if self.reveal && caller.role != Role::Admin {
            return Err(Error::new(Code::Forbidden).detail(Detail::new(
                "reveal",
                "ADMIN_ONLY",
                Text::new(
                    "Maskelenen alanları dosyada yalnız yönetici alabilir.",
                    "Only an administrator can have masked fields in a file.",
                ),
            )));
        }
        Ok(())
    }
}

impl<F: Input> Wanted<F> {
    /// Reads what the worker was told.
    pub(super) fn read(kept: Map<String, Value>) -> Result<Self> {
        let mut fields = Fields::kept(kept);
        let wanted = Self::read_fields(&mut fields);
        fields.finish(wanted)
    }
}

// What `request_body = Wanted<…>` asks of a type with parameters; `PartialSchema` follows from it.
impl<F: PartialSchema> utoipa::__dev::ComposeSchema for Wanted<F> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        match (OrderFields::schema(), F::schema()) {
            (RefOr::T(Schema::Object(mut order)), RefOr::T(Schema::Object(filter))) => {
                order.properties.extend(filter.properties);
                order.required.extend(filter.required);
                RefOr::T(Schema::Object(order))
            }
            (order, _) => order,
        }
    }
}

impl<F: ToSchema> ToSchema for Wanted<F> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}Export", F::name()).into()
    }
}
