//! `/api/v1/audit`

use axum::extract::State;
use chrono::NaiveDate;
use shared::{
    App, Error, Result,
    auth::{Allowed, CompanyId, UserId, policy},
    db::Action,
    error::{Code, Detail},
    http::{Query, Reply},
    types::{Text, istanbul},
};
use uuid::Uuid;

use super::{AuditEntry, Filter, view};

/// Entries in one answer, if the caller does not say.
const DEFAULT_LIMIT: u32 = 20;
/// The most entries in one answer.
const MAX_LIMIT: u32 = 100;

shared::input! {
    /// Which entries to list.
    pub struct AuditQuery {
        /// Where to go on: `nextCursor` of the answer before, with the same filters.
        pub cursor: Option<String>,
        /// Entries in one answer, 1 to 100; 20 if left out.
        pub limit: Option<u32>,
        /// Only this action.
        pub action: Option<Action>,
        /// Only this kind of record, such as `company`.
        pub entity: Option<Text<1, 60>>,
        /// Only this record.
        pub entity_id: Option<Uuid>,
        /// Only what this user did.
        pub user_id: Option<UserId>,
        /// Only records of this company.
        pub company_id: Option<CompanyId>,
        /// Only from this day on, in Istanbul.
        pub from: Option<NaiveDate>,
        /// Only up to this day, in Istanbul.
        pub to: Option<NaiveDate>,
        /// Words in the name or e-mail of whoever did it, or in the changes: 2 to 100 characters, upper and lower
        /// case and Turkish letters alike. Over a long time name a period as well.
        pub q: Option<Text<2, 100>>,
    }
}

/// List the audit trail, the latest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "administration", params(AuditQuery),
    responses((status = 200, description = "The entries", body = Vec<AuditEntry>)))]
pub async fn list_audit(
    State(app): State<App>,
    caller: Allowed<policy::ListAudit>,
    Query(query): Query<AuditQuery>,
) -> Result<Reply> {
    let (rows, pagination) = view::list(&app, &caller, &query).await?;
    Reply::list(&rows, pagination)
}

/// The filter and the number of entries, or what is wrong with them.
pub(super) fn read(query: &AuditQuery) -> Result<(Filter, u32)> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Error::field(
            "limit",
            "OUT_OF_RANGE",
            "1 ile 100 arasında bir sayı gönderin.",
            "Send a number from 1 to 100.",
        ));
    }
    if let (Some(from), Some(to)) = (query.from, query.to) {
        istanbul::range(from, to).map_err(|e| Error::new(Code::Validation).detail(Detail::invalid("to", e)))?;
    }
    let filter = Filter {
        action: query.action,
        entity: query.entity.clone(),
        entity_id: query.entity_id,
        user_id: query.user_id,
        company_id: query.company_id,
        from: query.from,
        to: query.to,
        q: query.q.clone(),
    };
    Ok((filter, limit))
}

#[cfg(test)]
mod tests {
    use shared::http::input::{Fields, Input as _};

    use super::*;

    fn reading(pairs: &[(&str, &str)]) -> Result<(Filter, u32)> {
        let mut fields = Fields::text(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())));
        let query = AuditQuery::read_fields(&mut fields);
        read(&fields.finish(query)?)
    }

    #[test]
    fn what_is_out_of_range_is_refused_with_its_field() {
        assert_eq!(reading(&[]).unwrap().1, 20);
        for (pairs, field) in [
            (&[("limit", "101")][..], "limit"),
            (&[("limit", "0")], "limit"),
            (&[("action", "DANCE")], "action"),
            (&[("entityId", "7")], "entityId"),
            (&[("q", "a")], "q"),
            (&[("from", "2026-11-22"), ("to", "2026-11-21")], "to"),
            (&[("page", "2")], "page"),
        ] {
            assert_eq!(reading(pairs).unwrap_err().list()[0].field, field, "{pairs:?}");
        }
    }
}
