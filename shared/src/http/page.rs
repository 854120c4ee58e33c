//! Lists by page: which rows, in which order, and how many there are.

use super::{
    input::{Fields, Input},
    reply::Pagination,
};
use crate::{
    auth::{Caller, Role},
    error::{Code, Detail, Error, Result, Text},
};

/// Totals are counted up to here; beyond it a list only says that there is more.
pub const COUNT_LIMIT: u64 = 10_000;

/// The default number of rows on a page.
const DEFAULT_LIMIT: i64 = 20;
/// The greatest number of rows on a page.
const MAX_LIMIT: i64 = 100;
/// The last page that can be asked for: beyond it a database would skip more than it reads.
const MAX_PAGE: i64 = 10_000;

crate::input! {
    /// What every list by page accepts.
    pub struct PageFields {
        /// The page, from 1 to 10,000; 1 if left out.
        pub page: Option<i64>,
        /// Rows on a page, 1 to 100; 20 if left out.
        pub limit: Option<i64>,
        /// Fields to sort by, separated by commas; a minus before a name turns the order round.
        pub sort: Option<String>,
        /// Words to look for: 2 to 100 characters, upper and lower case and Turkish letters alike.
        pub q: Option<String>,
        /// Whether deleted rows are shown too; ADMIN only.
        pub include_deleted: Option<bool>,
    }
}

/// One field that a list can be sorted by: its name on the wire and its SQL.
pub type SortField = (&'static str, &'static str);

/// Which part of a list is wanted.
#[derive(Debug, Clone)]
pub struct Paging {
    /// The page, from 1.
    pub page: u32,
    /// Rows on a page.
    pub limit: u32,
    /// The words to look for.
    pub q: Option<String>,
    /// Whether deleted rows are shown too.
    pub include_deleted: bool,
    sort: Vec<(String, bool)>,
}

impl Default for Paging {
    fn default() -> Self {
        Self::first(u32::try_from(DEFAULT_LIMIT).unwrap_or_default())
    }
}

impl Paging {
    /// The first so many rows, in the list's own order.
    pub fn first(limit: u32) -> Self {
        Self { page: 1, limit, q: None, include_deleted: false, sort: Vec::new() }
    }

    /// Reads the list's own fields; what is wrong is told to `fields`.
    pub(crate) fn read(fields: &mut Fields) -> Option<Self> {
        let raw = PageFields::read_fields(fields)?;
        let mut between = |name: &str, value: Option<i64>, default: i64, max: i64| {
            let value = value.unwrap_or(default);
            if (1..=max).contains(&value) {
                return u32::try_from(value).ok();
            }
            fields.refuse(
                name,
                "OUT_OF_RANGE",
                Text {
                    tr: format!("1 ile {max} arasında bir sayı gönderin.").into(),
                    en: format!("Send a number from 1 to {max}.").into(),
                },
            );
            None
        };
        let page = between("page", raw.page, 1, MAX_PAGE);
        let limit = between("limit", raw.limit, DEFAULT_LIMIT, MAX_LIMIT);
        let whole = Self::whole(raw.q, raw.sort, raw.include_deleted.unwrap_or(false), fields)?;
        Some(Self { page: page?, limit: limit?, ..whole })
    }

    /// A list from its beginning, for whoever reads all of it; what is wrong is told to `fields`.
    pub(crate) fn whole(
        q: Option<String>,
        sort: Option<String>,
        include_deleted: bool,
        fields: &mut Fields,
    ) -> Option<Self> {
        let q = q.map(|q| q.trim().to_owned());
        if q.as_ref().is_some_and(|q| !(2..=100).contains(&q.chars().count())) {
            fields.refuse(
                "q",
                "OUT_OF_RANGE",
                Text::new("2–100 karakterlik bir arama yazın.", "Search for 2 to 100 characters."),
            );
            return None;
        }
        let sort = sort
            .map(|list| {
                list.split(',')
                    .map(|field| match field.trim().strip_prefix('-') {
                        Some(name) => (name.to_owned(), true),
                        None => (field.trim().to_owned(), false),
                    })
                    .collect()
            })
            .unwrap_or_default();
        Some(Self { page: 1, limit: 1, q, include_deleted, sort })
    }

    /// The SQL of `ORDER BY`, from a whitelist; `default` when the caller named no order, and
    /// `tie` at the end, so that no two rows ever change places between pages.
    pub fn order_by(&self, allowed: &[SortField], default: &str, tie: &str) -> Result<String> {
        let mut parts = Vec::with_capacity(self.sort.len() + 1);
        for (name, descending) in &self.sort {
            let Some((_, sql)) = allowed.iter().find(|(known, _)| known == name) else {
                let names = allowed.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
                return Err(Error::new(Code::Validation).detail(Detail::new(
                    "sort",
                    "UNKNOWN_SORT",
                    Text {
                        tr: format!("Şunlara göre sıralanabilir: {names}.").into(),
                        en: format!("The list can be sorted by: {names}.").into(),
                    },
                )));
            };
            parts.push(format!("{sql}{}", if *descending { " DESC" } else { "" }));
        }
        if parts.is_empty() {
            parts.push(default.to_owned());
        }
        parts.push(tie.to_owned());
        Ok(parts.join(", "))
    }

    /// Rows before this page.
    pub fn offset(&self) -> u64 {
        u64::from(self.page - 1) * u64::from(self.limit)
    }

    /// Refuses deleted rows to everybody but ADMIN.
    pub fn check(&self, caller: &Caller) -> Result<()> {
        if self.include_deleted && caller.role != Role::Admin {
            return Err(Error::new(Code::Forbidden));
        }
        Ok(())
    }

    /// The pagination for a list of which `counted` rows were counted, one more than
    /// [`COUNT_LIMIT`] at most.
    pub fn pagination(&self, counted: u64) -> Pagination {
        let total = counted.min(COUNT_LIMIT);
        Pagination::Pages {
            page: self.page,
            limit: self.limit,
            total,
            total_pages: total.div_ceil(u64::from(self.limit)),
            total_is_exact: counted <= COUNT_LIMIT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Paging> {
        let mut fields = Fields::text(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())));
        let paging = Paging::read(&mut fields);
        fields.finish(paging)
    }

    #[test]
    fn defaults_and_bounds() {
        let paging = read(&[]).unwrap();
        assert_eq!((paging.page, paging.limit, paging.offset()), (1, 20, 0));
        assert_eq!(read(&[("page", "3"), ("limit", "50")]).unwrap().offset(), 100);
        for bad in [("page", "0"), ("page", "x"), ("limit", "101"), ("page", "10001"), ("q", "a"), ("nope", "1")] {
            assert!(read(&[bad]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_whitelisted_fields_sort() {
        let fields: &[SortField] = &[("name", "c.name"), ("createdAt", "c.created_at")];
        let paging = read(&[("sort", "-createdAt,name")]).unwrap();
        assert_eq!(paging.order_by(fields, "c.name", "c.id").unwrap(), "c.created_at DESC, c.name, c.id");
        assert_eq!(read(&[]).unwrap().order_by(fields, "c.name", "c.id").unwrap(), "c.name, c.id");
        let bad = read(&[("sort", "name;DROP TABLE x")]).unwrap();
        assert_eq!(bad.order_by(fields, "c.name", "c.id").unwrap_err().list()[0].code, "UNKNOWN_SORT");
    }

    #[test]
    fn a_total_beyond_the_limit_says_so() {
        let paging = read(&[]).unwrap();
        assert_eq!(
            paging.pagination(COUNT_LIMIT + 1),
            Pagination::Pages { page: 1, limit: 20, total: 10_000, total_pages: 500, total_is_exact: false }
        );
    }
}
