//! An entry of the trail in words: which field, what it was and what it is.

use chrono::{DateTime, NaiveDate};
use serde_json::Value;
use shared::web::Page;

use super::AuditEntry;
use crate::{TEXTS, jobs::pages::known_kind};

/// One line of what was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The field, or what a fact is about.
    pub(super) name: String,
    /// What it was; none of a new record and of a mere fact.
    pub(super) before: Option<String>,
    /// What it is.
    pub(super) after: String,
    /// Whether it is an id, which says little to a reader.
    pub(super) is_id: bool,
}

/// The text of a word of the trail. A word that a later release writes is shown as it is.
pub(super) fn known_word(list: &str, page: &Page, word: &str) -> String {
    TEXTS.find(page.language(), &format!("{list}.{word}")).unwrap_or(word).to_owned()
}

impl AuditEntry {
    /// What was done.
    pub(super) fn action_text(&self, page: &Page) -> String {
        known_word("auditAction", page, &self.action)
    }

    /// Who did it, by name. What no user did the system did.
    pub(super) fn who<'a>(&'a self, page: &'a Page) -> &'a str {
        let name = self.user_name.as_deref().filter(|_| self.user_id.is_some());
        name.unwrap_or_else(|| page.t("audit.nobody"))
    }

    /// The e-mail of whoever did it, or the name of the task.
    pub(super) fn who_more(&self) -> Option<&str> {
        self.user_email.as_deref().or(if self.user_id.is_none() { self.user_name.as_deref() } else { None })
    }

    /// The kind of record.
    pub(super) fn entity_text(&self, page: &Page) -> String {
        known_word("auditEntity", page, &self.entity)
    }

    /// What was changed, a line for each field; ids stand at the end.
    pub(super) fn lines(&self, page: &Page) -> Vec<Line> {
        let Value::Object(changes) = &self.changes else { return Vec::new() };
        let mut changes: Vec<_> = changes.iter().collect();
        changes.sort_by_key(|(name, _)| (is_id(name), place(name)));
        changes.into_iter().map(|(name, change)| line(page, name, change)).collect()
    }

    /// Where the record is shown, if it has a page and was not deleted by this.
    pub(super) fn record_path(&self) -> Option<String> {
        let folder = match self.entity.as_str() {
            "company" => "companies",
            "workplace" => "workplaces",
            "employee" => "employees",
            "import" => "imports",
            "job" => "jobs",
            _ => return None,
        };
        let id = self.entity_id.filter(|_| self.action != "DELETE")?;
        Some(format!("/panel/{folder}/{id}"))
    }
}

fn is_id(name: &str) -> bool {
    name == "id" || name.ends_with("Id")
}

/// Names come before everything else.
fn place(name: &str) -> usize {
    ["name", "firstName", "lastName", "title", "email", "status"].iter().position(|known| *known == name).unwrap_or(9)
}

fn line(page: &Page, name: &str, change: &Value) -> Line {
    let field = known_word("auditField", page, name);
    let is_change =
        change.as_object().is_some_and(|c| c.len() == 2 && c.contains_key("before") && c.contains_key("after"));
    if !is_change {
        return Line { name: field, before: None, after: text(page, change), is_id: is_id(name) };
    }
    let before = (!change["before"].is_null()).then(|| text(page, &change["before"]));
    Line { name: field, before, after: text(page, &change["after"]), is_id: is_id(name) }
}

/// A value as people read it.
fn text(page: &Page, value: &Value) -> String {
    match value {
        Value::Null => page.t("form.nothing").to_owned(),
        Value::Bool(true) => page.t("form.yes").to_owned(),
        Value::Bool(false) => page.t("form.no").to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => word(page, text),
        Value::Array(items) => items.iter().map(|item| self::text(page, item)).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let part = |(name, value): (&String, &Value)| {
                format!("{}: {}", known_word("auditField", page, name), self::text(page, value))
            };
            fields.iter().map(part).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Days, instants, kinds of work and the words of closed lists in the reader's language; anything else as it is.
fn word(page: &Page, text: &str) -> String {
    if let Some(kind) = known_kind(page, text) {
        return kind.to_owned();
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return page.date(day);
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return page.time(at.to_utc());
    }
    let is_word = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if is_word && !text.is_empty() { known_word("auditValue", page, text) } else { text.to_owned() }
}
