//! How far a caller sees: everything of the tenant or of the own company, or only what he is assigned to.
//!
//! The tenant and the company are the views' business. What a physician or an expert serves is the one
//! condition that stands here: the view `assigned_workplaces`.

use shared::auth::Allowed;
use sqlx::{MySql, QueryBuilder};

/// How far a caller sees within what the views show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Everything that the views show.
    All,
    /// What belongs to the workplaces that the caller serves today.
    Assigned,
}

impl Reach {
    /// The reach of a permission.
    pub fn of<P>(caller: &Allowed<P>) -> Self {
        if caller.only_assigned() { Self::Assigned } else { Self::All }
    }

    /// For a static statement: `(? OR x IN (SELECT … FROM assigned_workplaces))`.
    pub fn is_all(self) -> bool {
        self == Self::All
    }

    /// Adds the condition on a column that names a workplace.
    pub fn push_workplace(self, sql: &mut QueryBuilder<'_, MySql>, column: &str) {
        if self == Self::Assigned {
            sql.push(format_args!(" AND {column} IN (SELECT workplace_id FROM assigned_workplaces)"));
        }
    }

    /// Adds the condition on a column that names a company.
    pub fn push_company(self, sql: &mut QueryBuilder<'_, MySql>, column: &str) {
        if self == Self::Assigned {
            sql.push(format_args!(" AND {column} IN (SELECT company_id FROM assigned_workplaces)"));
        }
    }
}
