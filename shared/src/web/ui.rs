//! The small parts of pages: icons, badges, pages of a list, columns that sort.

use std::fmt;

use askama::Template;

use super::{Page, assets, sent::encoded};
use crate::http::reply::Pagination;

/// An icon of Lucide, by its name in `shared/assets/icons.txt`. It says nothing to a screen reader: a word stands beside it.
#[derive(Debug, Clone, Copy)]
pub struct Icon {
    pub(super) name: &'static str,
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = assets::address("icons.svg");
        write!(f, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{file}#{}\"/></svg>", self.name)
    }
}

impl askama::filters::HtmlSafe for Icon {}

/// What a status means, whatever its word: each has a colour and a shape of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad: a hollow circle.
    Plain,
    /// As it should be: a full circle.
    Ok,
    /// To be looked at: a triangle.
    Warn,
    /// Wrong, lost or over: a square on its corner.
    Danger,
    /// On its way: an arrow.
    Info,
}

/// A status: a shape and a word.
#[derive(Debug, Clone, Template)]
#[template(
    ext = "html",
    source = r#"<span class="badge{{ class }}"><svg{% if tone == Tone::Plain %} class="hollow"{% endif %} viewBox="0 0 10 10" aria-hidden="true"><path d="{{ path }}"/></svg>{{ text }}</span>"#
)]
pub struct Badge<'a> {
    tone: Tone,
    class: &'static str,
    path: &'static str,
    text: &'a str,
}
impl askama::filters::HtmlSafe for Badge<'_> {}

impl<'a> Badge<'a> {
    /// A badge.
    pub fn new(tone: Tone, text: &'a str) -> Self {
        let (class, path) = match tone {
            Tone::Plain => ("", "M5 1a4 4 0 1 1 0 8a4 4 0 1 1 0-8z"),
            Tone::Ok => (" badge-ok", "M5 0a5 5 0 1 1 0 10a5 5 0 1 1 0-10z"),
            Tone::Warn => (" badge-warn", "M5 0.5 10 9.5H0z"),
            Tone::Danger => (" badge-danger", "M5 0 10 5 5 10 0 5z"),
            Tone::Info => (" badge-info", "M1.5 0.5 9.5 5 1.5 9.5z"),
        };
        Self { tone, class, path, text }
    }
}

/// The pages of a list: which rows these are, and the way to the others.
#[derive(Debug, Template)]
#[template(path = "ui/pages.html")]
pub struct Pages<'a> {
    page: &'a Page,
    count: String,
    steps: Vec<Step>,
    previous: Option<String>,
    next: Option<String>,
    sizes: Vec<(u32, String, bool)>,
}
impl askama::filters::HtmlSafe for Pages<'_> {}

/// One step of a list's pages.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    To(u64, String),
    Here(u64),
    Gap,
}

impl Page {
    /// A status as a shape and a word.
    pub fn badge<'a>(&self, tone: Tone, text: &'a str) -> Badge<'a> {
        Badge::new(tone, text)
    }

    /// The pages of a list.
    pub fn pages(&self, pagination: &Pagination) -> Pages<'_> {
        let Pagination::Pages { page: at, limit, total, total_pages, total_is_exact } = *pagination else {
            return Pages {
                page: self,
                count: String::new(),
                steps: Vec::new(),
                previous: None,
                next: None,
                sizes: Vec::new(),
            };
        };
        let at = u64::from(at);
        let link = |page: u64| self.with_query("page", (page > 1).then(|| page.to_string()).as_deref());
        if total_is_exact && total > 0 && at > total_pages {
            self.lead_to(link(total_pages));
        }
        let steps = numbers(at, total_pages)
            .into_iter()
            .map(|number| match number {
                None => Step::Gap,
                Some(number) if number == at => Step::Here(number),
                Some(number) => Step::To(number, link(number)),
            })
            .collect();
        let (from, to) = ((at - 1) * u64::from(limit) + 1, (at * u64::from(limit)).min(total));
        let count = if total == 0 {
            self.t("list.none").to_owned()
        } else {
            let all = if total_is_exact { self.whole(total) } else { self.t1("list.more_than", self.whole(total)) };
            self.t2("list.range", format!("{}–{}", self.whole(from), self.whole(to)), all)
        };
        let size = |size: u32| {
            let query = self.with_query("limit", (size != 20).then(|| size.to_string()).as_deref());
            (size, query, size == limit)
        };
        Pages {
            page: self,
            count,
            steps: if total_pages > 1 { steps } else { Vec::new() },
            previous: (at > 1).then(|| link(at - 1)),
            next: (at < total_pages).then(|| link(at + 1)),
            sizes: if total > 20 { [20, 50, 100].map(size).to_vec() } else { Vec::new() },
        }
    }

    /// The present address with one name of the query set or taken out; it begins on the first page again.
    pub fn with_query(&self, name: &str, value: Option<&str>) -> String {
        let kept = self.query().split('&').filter(|pair| {
            let key = pair.split('=').next().unwrap_or_default();
            !pair.ends_with('=') && !pair.is_empty() && key != name && !["page", "cursor"].contains(&key)
        });
        let mut query: Vec<String> = kept.map(str::to_owned).collect();
        if let Some(value) = value {
            query.push(format!("{name}={}", encoded(value)));
        }
        if query.is_empty() { self.path().to_owned() } else { format!("{}?{}", self.path(), query.join("&")) }
    }

    /// How the list is shown, by the address: what a form over it has to carry along.
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        let value = |name| Some((name, super::list::query_value(self.query(), name)?));
        ["sort", "limit"].into_iter().filter_map(value).collect()
    }

    /// A column's head that sorts the list; `first` is the order that the list has by itself.
    pub fn column<'a>(&self, name: &'a str, text: &'a str, first: &str) -> Column<'a> {
        let sort = super::list::query_value(self.query(), "sort");
        let sort = sort.as_deref().unwrap_or(first);
        let (direction, next) = match sort.strip_prefix('-') {
            _ if sort == name => (Some("ascending"), format!("-{name}")),
            Some(known) if known == name => (Some("descending"), name.to_owned()),
            _ => (None, name.to_owned()),
        };
        let next = Some(next.as_str()).filter(|next| *next != first);
        Column { name, text, direction, href: self.with_query("sort", next) }
    }
}

/// A column's head that sorts.
#[derive(Debug, Template)]
#[template(path = "ui/column.html")]
pub struct Column<'a> {
    name: &'a str,
    text: &'a str,
    direction: Option<&'static str>,
    href: String,
}
impl askama::filters::HtmlSafe for Column<'_> {}

impl Column<'_> {
    fn arrow(&self) -> Icon {
        Icon { name: if self.direction == Some("descending") { "arrow-down" } else { "arrow-up" } }
    }
}

/// The first and the last page, this one and its neighbours; `None` is what is left out.
fn numbers(at: u64, last: u64) -> Vec<Option<u64>> {
    let mut out = Vec::new();
    for number in 1..=last {
        if number == 1 || number == last || number.abs_diff(at) <= 1 {
            out.push(Some(number));
        } else if out.last().is_some_and(Option::is_some) {
            out.push(None);
        }
        if number > at + 1 && number < last {
            // Long lists have ten thousand pages; what lies between is one gap.
            out.push(None);
            out.push(Some(last));
            out.dedup();
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_are_the_ends_and_the_neighbours() {
        assert_eq!(numbers(1, 1), [Some(1)]);
        assert_eq!(numbers(1, 3), [Some(1), Some(2), Some(3)]);
        assert_eq!(numbers(1, 9), [Some(1), Some(2), None, Some(9)]);
        assert_eq!(numbers(5, 9), [Some(1), None, Some(4), Some(5), Some(6), None, Some(9)]);
        assert_eq!(numbers(9, 9), [Some(1), None, Some(8), Some(9)]);
        assert_eq!(numbers(3, 10_000), [Some(1), Some(2), Some(3), Some(4), None, Some(10_000)]);
    }

    #[test]
    fn a_badge_has_a_shape_beside_its_word() {
        let html = Badge::new(Tone::Warn, "<Aday>").to_string();
        assert!(html.contains("<svg") && html.contains("&#60;Aday&#62;"), "{html}");
    }
}
