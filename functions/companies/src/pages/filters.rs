//! What stands over a list: the search, the filters, the choice of columns.

use std::collections::HashMap;

use askama::Template;
use shared::{
    auth::CompanyId,
    web::{Choice, FormState, Page},
};

use crate::workplaces::Workplace;

/// One filter of a list.
pub(crate) enum Filter<'a> {
    /// One of a few.
    Select { name: &'static str, label: &'a str, choices: Vec<Choice>, chosen: String },
    /// One of many, looked up while one types.
    Combo { name: &'static str, label: &'a str, source: &'static str, shown: String },
}

impl<'a> Filter<'a> {
    /// One of a few; `chosen` is what the address says.
    pub(crate) fn select(
        name: &'static str,
        label: &'a str,
        choices: Vec<Choice>,
        chosen: Option<impl std::fmt::Display>,
    ) -> Self {
        Self::Select { name, label, choices, chosen: chosen.map(|word| word.to_string()).unwrap_or_default() }
    }

    /// A company, looked up by its name.
    pub(crate) fn company(page: &'a Page, chosen: Option<CompanyId>, names: &HashMap<CompanyId, String>) -> Self {
        Self::Combo {
            name: "companyId",
            label: page.t("lists.company"),
            source: "/look-up/companies",
            shown: chosen.and_then(|id| names.get(&id)).cloned().unwrap_or_default(),
        }
    }

    /// A workplace, looked up by its name among those of the company that is chosen.
    pub(crate) fn workplace(page: &'a Page, chosen: Option<&Workplace>) -> Self {
        Self::Combo {
            name: "workplaceId",
            label: page.t("lists.workplace"),
            source: "/look-up/workplaces?companyId={companyId}",
            shown: chosen.map(|workplace| workplace.title.to_string()).unwrap_or_default(),
        }
    }

    /// Yes or no.
    pub(crate) fn flag(name: &'static str, label: &'a str, [yes, no]: [&'a str; 2], chosen: Option<bool>) -> Self {
        Self::select(name, label, vec![Choice::new(true, yes), Choice::new(false, no)], chosen)
    }
}

/// The head of a list. Its form asks for the list again while somebody types.
#[derive(Template)]
#[template(path = "list_head.html")]
pub(crate) struct ListHead<'a> {
    pub page: &'a Page,
    /// What the address says.
    pub asked: FormState,
    /// What the search looks through.
    pub search: &'a str,
    pub q: &'a str,
    pub filters: Vec<Filter<'a>>,
    /// The table's name in the browser's memory of columns.
    pub table: &'static str,
    /// The columns that may be hidden.
    pub columns: Vec<(&'static str, &'a str)>,
    /// Whether deleted rows are shown too; none where the reader may not ask for them.
    pub deleted: Option<bool>,
}
impl askama::filters::HtmlSafe for ListHead<'_> {}
