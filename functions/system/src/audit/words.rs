//! An entry of the trail in words: which field, what it was and what it is.

use chrono::{DateTime, NaiveDate};
use serde_json::Value;
use shared::{types::Phone, web::Page};

use super::{
    AuditEntry,
    names::{self, Names},
};
use crate::{TEXTS, jobs::pages::known_kind};

/// One line of what was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The field, or what a fact is about.
    pub(super) name: String,
    /// What it was; none of a new record and of a mere fact.
    pub(super) before: Option<String>,
    /// Whether the field of a known record held nothing before.
    pub(super) was_empty: bool,
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

    /// What the record is called, by what is known of it now or else by what the entry says.
    pub(super) fn record(&self, page: &Page, names: &Names) -> Option<String> {
        match self.entity_id.and_then(|id| names.get(&id)) {
            Some(known) if known.is_deleted => Some(page.t1("audit.deleted", word(page, &known.name))),
            Some(known) => Some(word(page, &known.name)),
            None => names::own(&self.changes),
        }
    }

    /// What was changed, a line for each field; ids stand at the end.
    pub(super) fn lines(&self, page: &Page, names: &Names) -> Vec<Line> {
        let Value::Object(changes) = &self.changes else { return Vec::new() };
        let mut changes: Vec<_> = changes.iter().collect();
        changes.sort_by_key(|(name, change)| (is_id(change), place(name)));
        let told = Told { page, names, is_new: self.action == "CREATE" };
        let mut lines: Vec<Line> = Vec::with_capacity(changes.len());
        for (name, change) in changes {
            let line = told.line(name, change);
            // The name of a company or a workplace stands there already.
            if !lines.iter().any(|known| (&known.name, &known.after) == (&line.name, &line.after)) {
                lines.push(line);
            }
        }
        lines
    }

    /// Where the record is shown, if it has a page and has not been deleted.
    pub(super) fn record_path(&self, names: &Names) -> Option<String> {
        let folder = match self.entity.as_str() {
            "company" => "panel/companies",
            "workplace" => "panel/workplaces",
            "employee" => "panel/employees",
            "import" => "imports",
            "job" => "jobs",
            _ => return None,
        };
        let id = self.entity_id.filter(|id| names.get(id).is_some_and(|named| !named.is_deleted))?;
        Some(format!("/{folder}/{id}"))
    }
}

/// Whether a value, or what it became, is an id.
fn is_id(change: &Value) -> bool {
    let told = if change["after"].is_null() { &change["before"] } else { &change["after"] };
    change.as_str().or(told.as_str()).is_some_and(|text| names::id(text).is_some())
}

/// Names come before everything else.
fn place(name: &str) -> usize {
    ["name", "firstName", "lastName", "title", "email", "status"].iter().position(|known| *known == name).unwrap_or(9)
}

/// How an entry's values are told.
struct Told<'a> {
    page: &'a Page,
    names: &'a Names,
    /// Whether the record is new: then no field held anything before.
    is_new: bool,
}

impl Told<'_> {
    fn line(&self, name: &str, change: &Value) -> Line {
        let field = known_word("auditField", self.page, name);
        let is_change =
            change.as_object().is_some_and(|c| c.len() == 2 && c.contains_key("before") && c.contains_key("after"));
        let told = |value: &Value| self.text(name, value);
        if !is_change {
            return Line { name: field, before: None, was_empty: false, after: told(change), is_id: is_id(change) };
        }
        let is_empty = change["before"].is_null();
        let before = (!is_empty).then(|| told(&change["before"]));
        let was_empty = is_empty && !self.is_new;
        Line { name: field, before, was_empty, after: told(&change["after"]), is_id: is_id(change) }
    }

    /// A value of this field as people read it.
    fn text(&self, name: &str, value: &Value) -> String {
        let page = self.page;
        match value {
            Value::Null => page.t("form.nothing").to_owned(),
            Value::Bool(true) => page.t("form.yes").to_owned(),
            Value::Bool(false) => page.t("form.no").to_owned(),
            // A code has digits, but says no amount.
            Value::Number(number) => match number.as_i64().filter(|_| !name.ends_with("Code")) {
                Some(number) => page.whole(number),
                None => number.to_string(),
            },
            Value::String(text) if name == "fields" => known_word("auditField", page, text),
            Value::String(text) if name == "locale" => known_word("auditLanguage", page, text),
            Value::String(text) => match names::id(text).and_then(|id| self.names.get(&id)) {
                Some(named) => word(page, &named.name),
                None => word(page, text),
            },
            Value::Array(items) => items.iter().map(|item| self.text(name, item)).collect::<Vec<_>>().join(", "),
            Value::Object(fields) => {
                let part = |(name, value): (&String, &Value)| {
                    format!("{}: {}", known_word("auditField", page, name), self.text(name, value))
                };
                fields.iter().map(part).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// Days, instants, telephones, kinds of work and the words of closed lists in the reader's language; anything else as
/// it is.
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
    if let Some(phone) = text.strip_prefix('+').and_then(|_| Phone::parse(text).ok()) {
        return phone.display();
    }
    let is_word = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if is_word && !text.is_empty() { known_word("auditValue", page, text) } else { text.to_owned() }
}
