//! What may be sent about an import.

use shared::{auth::CompanyId, http::Patch, types::Text};

use super::{ImportStatus, fields::ImportField};
use crate::workplaces::WorkplaceId;

shared::input! {
    /// A file of employees that is to be brought.
    pub struct NewImport {
        /// The company; a customer's user may leave it out, and who names the workplace.
        pub company_id: Option<CompanyId>,
        /// Where everybody in the file works; left out when a column says it, or when the company has one workplace.
        pub workplace_id: Option<WorkplaceId>,
        /// The file's name: a CSV file or a workbook (.xlsx).
        pub file_name: Text<1, 150>,
        /// The file's size in bytes, at most 5 MiB.
        pub length: i64,
    }
}

shared::input! {
    /// What is read from one column.
    pub struct ColumnChoice {
        /// The column's place, from 1.
        pub column: i64,
        /// What it holds.
        pub field: ImportField,
    }
}

shared::input! {
    /// How the file is to be read.
    pub struct ImportCheck {
        /// Where everybody in the file works; null when a column says it.
        pub workplace_id: Patch<Option<WorkplaceId>>,
        /// The columns that are read, and no others; left out, the headers say it.
        pub columns: Option<Vec<ColumnChoice>>,
    }
}

shared::input! {
    /// How the file is to be applied.
    pub struct ImportApply {
        /// Whether rows with mistakes are left out; otherwise a file that has any is refused.
        pub skip_errors: Option<bool>,
    }
}

shared::input! {
    /// Which imports are wanted.
    pub struct ImportFilter {
        /// For which company.
        pub company_id: Option<CompanyId>,
        /// Where they stand.
        pub status: Option<ImportStatus>,
    }
}
