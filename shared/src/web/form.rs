//! Forms: what was typed, whether it can be read, and what is shown when it cannot.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::Row as _;
use uuid::Uuid;

use super::{
    Choice, Found,
    combo::Combo,
    format,
    sent::{Sent, joined},
    texts,
};
use crate::{
    app::App,
    db::{Db, Key},
    error::{Code, Detail, Error, Language, Result},
    http::{
        Reply,
        extract::{body, not_text},
        input::{Fields, Input},
        request,
    },
};

/// Who changed a record last.
#[derive(Debug, Clone)]
pub struct Change {
    /// The name of who did it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Who changed a record last, by the audit trail.
pub async fn last_change(db: &mut Db, entity: &str, id: Uuid) -> Result<Option<Change>> {
    let row = sqlx::query(
        "SELECT actor_name, created_at FROM audit_log WHERE entity = ? AND entity_id = ? \
         ORDER BY created_at DESC, id DESC LIMIT 1",
    )
    .bind(entity)
    .bind(id)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let at: chrono::NaiveDateTime = row.try_get("created_at")?;
        Ok(Change { by: row.try_get::<Option<String>, _>("actor_name")?.unwrap_or_default(), at: at.and_utc() })
    })
    .transpose()
}

/// The answer to a form, or the one that the same form got before: sent twice, it was accepted once.
pub fn settle(result: Result<Reply>) -> Result<Reply> {
    result.or_else(|mut error| error.take_replay().ok_or(error))
}

/// A form that was sent.
#[derive(Debug)]
pub struct Form<T> {
    /// What was typed, to be shown again.
    pub state: FormState,
    /// What could be read from it.
    pub input: Result<T>,
    /// The form's key.
    pub key: Option<Key>,
    /// The sealed form of somebody who was sent to the sign-in while sending it.
    pub kept: Option<String>,
    version: Option<i64>,
    changed: Vec<(String, String)>,
}

impl<T: Input> Form<T> {
    /// What fits the text of a combobox: a single one is taken, several are shown to choose from.
    pub fn found(&mut self, name: &str, found: Vec<Found>) {
        self.state.found(name, found);
        let value = self.state.value(name).to_owned();
        if let Some(field) = self.changed.iter_mut().find(|(known, _)| known == name) {
            field.1 = value;
        }
        self.input = read(&self.changed, &self.state);
    }
}

/// What was changed as the API's input, unless a combobox holds what nobody can tell.
fn read<T: Input>(changed: &[(String, String)], state: &FormState) -> Result<T> {
    let mut fields = Fields::typed(changed.iter().cloned());
    let value = T::read_fields(&mut fields);
    let input = fields.finish(value);
    let open = state.open();
    if open.is_empty() {
        return input;
    }
    let others = input.err().map(|error| error.list().to_vec()).unwrap_or_default();
    let others = others.into_iter().filter(|detail| state.combos.iter().all(|combo| combo.name != detail.field));
    Err(Error::new(Code::Validation).details(others).details(open))
}

impl<T> Form<T> {
    /// The input, of a new record.
    pub fn read(&mut self) -> Result<T> {
        std::mem::replace(&mut self.input, Err(Error::internal("a form that is read twice")))
    }

    /// The input and the version that was seen, of a change.
    pub fn change(&mut self) -> Result<(i64, T)> {
        let input = self.read()?;
        let version = self.version.ok_or_else(|| {
            Error::field(
                "version",
                "REQUIRED",
                "Sayfa eksik gönderildi; yeniden açıp deneyin.",
                "The page was sent incompletely; open it again.",
            )
        })?;
        Ok((version, input))
    }

    /// The form again, because of this error; an error that no form can mend comes back as it is.
    pub fn refused(self, error: Error) -> Result<FormState> {
        self.state.refused(error)
    }
}

impl<T: Input> FromRequest<App> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Error::new(Code::UnsupportedMediaType));
        }
        let (method, path) = (request.method().as_str().to_owned(), request.uri().path().to_owned());
        let bytes = body(request).await?;
        let sent = Sent::parse(std::str::from_utf8(&bytes).map_err(|_| not_text())?)?;
        let key = sent.key().map(|key| Key::new(key, &method, &path, &bytes));
        Ok(Self::of(sent, key, app))
    }
}

impl<T: Input> Form<T> {
    /// The form of a body that has been taken apart.
    pub(super) fn of(mut sent: Sent, key: Option<Key>, app: &App) -> Self {
        sent.empty_combos();
        let (version, kept, changed) = (sent.version, sent.kept.clone(), sent.changed());
        let state = FormState::of_sent(sent, app);
        let input = read(&changed, &state);
        Self { state, input, key, kept, version, changed }
    }
}

/// A form as it is shown: its values, and what is wrong with them.
#[derive(Debug, Clone)]
pub struct FormState {
    pub(super) language: Language,
    pub(super) values: HashMap<String, String>,
    pub(super) was: Option<HashMap<String, String>>,
    pub(super) theirs: Option<HashMap<String, String>>,
    pub(super) details: Vec<Detail>,
    /// The comboboxes whose text has no value yet.
    pub(super) combos: Vec<Combo>,
    /// What the fields have shown, for `_was`.
    shown: Arc<Mutex<Vec<(String, String)>>>,
    /// What the fields are called (`name`), and the words of their choices (`name=value`).
    names: Arc<Mutex<Vec<(String, String)>>>,
    version: Option<i64>,
    key: String,
    is_edit: bool,
    is_sent: bool,
    error: Option<(StatusCode, Code, String)>,
    change: Option<Change>,
}

impl FormState {
    /// The form as it was sent, or as the address of a list says it.
    pub(super) fn of_sent(sent: Sent, app: &App) -> Self {
        let mut state = Self::new(app, request::current().language);
        state.combos = sent.combos;
        state.values = sent.values.into_iter().collect();
        state.was = sent.was;
        state.version = sent.version;
        state.is_sent = true;
        state
    }

    pub(super) fn new(app: &App, language: Language) -> Self {
        Self {
            language,
            values: HashMap::new(),
            was: None,
            theirs: None,
            details: Vec::new(),
            combos: Vec::new(),
            shown: Arc::default(),
            names: Arc::default(),
            version: None,
            key: app.new_uuid().to_string(),
            is_edit: false,
            is_sent: false,
            error: None,
            change: None,
        }
    }

    pub(super) fn of(app: &App, language: Language, record: &impl serde::Serialize, version: i64) -> Result<Self> {
        let values = values_of(record)?;
        Ok(Self { values, version: Some(version), is_edit: true, ..Self::new(app, language) })
    }

    pub(super) fn of_step(app: &App, language: Language, version: i64) -> Self {
        Self { version: Some(version), ..Self::new(app, language) }
    }

    /// A value that the form begins with.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }

    /// A value that the form begins with unless it came with one.
    #[must_use]
    pub fn or(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.values.entry(name.to_owned()).or_insert_with(|| value.to_string());
        self
    }

    /// What a field holds.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// The comboboxes in which something was typed and nothing chosen: their names and the texts to look up.
    pub fn typed(&self) -> Vec<(String, String)> {
        self.combos.iter().map(|combo| (combo.name.clone(), combo.text.clone())).collect()
    }

    /// What fits the text of a combobox: a single one is taken, several are shown to choose from.
    pub fn found(&mut self, name: &str, found: Vec<Found>) {
        let Some(at) = self.combos.iter().position(|combo| combo.name == name) else { return };
        match self.combos[at].settle(found) {
            Some(one) => {
                self.combos.remove(at);
                self.values.insert(name.to_owned(), one.value);
            }
            None => self.details = self.open(),
        }
    }

    /// What is wrong with the comboboxes.
    fn open(&self) -> Vec<Detail> {
        self.combos.iter().map(Combo::detail).collect()
    }

    /// This form with what is wrong with it; an error that no form can mend comes back as it is.
    pub fn refused(self, error: Error) -> Result<Self> {
        let is_ours = match error.code() {
            Code::NotFound => !error.list().is_empty(),
            Code::Validation
            | Code::Duplicate
            | Code::InvalidState
            | Code::DependencyExists
            | Code::VersionConflict
            | Code::BusinessRule
            | Code::KeyReused
            | Code::KeyInProgress
            | Code::AccountLocked
            | Code::Gone
            | Code::RateLimited => true,
            _ => false,
        };
        if is_ours { Ok(self.with_error(&error)) } else { Err(error) }
    }

    /// This form with what is wrong with it, whatever it is.
    #[must_use]
    pub fn with_error(mut self, error: &Error) -> Self {
        let shared = |key| texts::find(None, self.language, key).to_owned();
        let message = match error.code() {
            Code::KeyReused => shared("form.sent_before"),
            Code::VersionConflict => shared("form.conflict"),
            Code::Validation => shared("form.mistakes"),
            Code::AccountLocked | Code::RateLimited => match error.retry() {
                Some(wait) => {
                    let minutes = i64::try_from(wait.as_secs().div_ceil(60)).unwrap_or(i64::MAX);
                    let wait = texts::plural(None, self.language, "form.wait", minutes);
                    format!("{} {wait}", error.message(self.language))
                }
                None => error.message(self.language),
            },
            _ => error.message(self.language),
        };
        self.details = error.list().iter().filter(|detail| detail.code != "VERSION_CONFLICT").cloned().collect();
        self.error = Some((error.code().status(), error.code(), message));
        self
    }

    /// The address of a list that says the same without the texts of its comboboxes; none while one of them is open.
    pub fn address(&self, path: &str) -> Option<String> {
        let mut values: Vec<_> = self.values.iter().filter(|(_, value)| !value.is_empty()).collect();
        values.sort();
        let query = joined(values.into_iter().map(|(name, value)| (name.as_str(), value.as_str())));
        self.combos.is_empty().then(|| if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
    }

    /// Whether somebody else changed the record meanwhile; then [`FormState::meets`] is to be called.
    pub fn is_conflict(&self) -> bool {
        matches!(self.error, Some((_, Code::VersionConflict, _)))
    }

    /// Puts the record as it is now beside what was typed.
    pub fn meets(mut self, record: &impl serde::Serialize, version: i64, change: Option<Change>) -> Result<Self> {
        self.theirs = Some(values_of(record)?);
        self.version = Some(version);
        self.change = change;
        self.is_edit = true;
        Ok(self)
    }

    /// Puts a step before the record as it is now: there is nothing to choose, it is only to be said again.
    #[must_use]
    pub fn overtaken(mut self, version: i64, change: Option<Change>) -> Self {
        self.version = Some(version);
        self.change = change;
        self
    }

    /// The status that the form is shown with.
    pub fn status(&self) -> StatusCode {
        self.error.as_ref().map_or(StatusCode::OK, |(status, ..)| *status)
    }

    /// Whether the form comes back: what it holds has not been saved.
    pub fn is_unsaved(&self) -> bool {
        self.is_sent
    }

    /// What is wrong with a field.
    pub fn problems(&self, name: &str) -> Vec<&str> {
        self.details.iter().filter(|d| d.field == name).map(|d| d.text.in_language(self.language)).collect()
    }

    /// Notes what a field shows, for `_was`.
    pub(super) fn has_shown(&self, name: &str, value: &str) {
        note(&self.shown, name.to_owned(), value);
    }

    /// Notes what a field is called, for the summary and `_names`.
    pub(super) fn is_called(&self, name: &str, label: &str, words: Vec<Choice>) {
        note(&self.names, name.to_owned(), label);
        // A long list would make a long form: its value is told without a word.
        for choice in words.into_iter().take(MOST_WORDS) {
            note(&self.names, format!("{name}={}", choice.value), &choice.text);
        }
    }

    /// What a field is called, once it has been shown.
    pub(super) fn label(&self, name: &str) -> Option<String> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.iter().find(|(known, _)| known == name).map(|(_, label)| label.clone())
    }

    pub(super) fn headline(&self) -> Option<&str> {
        self.error.as_ref().map(|(_, _, message)| message.as_str())
    }

    pub(super) fn change(&self) -> Option<String> {
        let change = self.change.as_ref()?;
        let text = texts::find(None, self.language, "form.changed_by");
        let at = format::time(change.at, self.language);
        let by = if change.by.is_empty() { texts::find(None, self.language, "form.somebody") } else { &change.by };
        Some(text.split("{0}").map(|part| part.replace("{1}", &at)).collect::<Vec<_>>().join(by))
    }

    pub(super) fn hidden(&self) -> Hidden<'_> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let names = joined(names.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        Hidden { key: &self.key, version: self.version, was: self.was_now(), names }
    }

    /// What the fields have shown; for a form that came back without a conflict, what they had shown at first.
    fn was_now(&self) -> Option<String> {
        match &self.was {
            Some(was) if self.theirs.is_none() => {
                Some(joined(was.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
            }
            None if !self.is_edit => None,
            _ => {
                let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
                Some(joined(shown.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
            }
        }
    }
}

/// The protocol's own fields.
#[derive(Debug)]
pub(super) struct Hidden<'a> {
    pub(super) key: &'a str,
    pub(super) version: Option<i64>,
    pub(super) was: Option<String>,
    pub(super) names: String,
}

/// The words of so many choices go along with a form.
const MOST_WORDS: usize = 12;

/// Notes something once: a page that is rendered twice says the same.
fn note(notes: &Mutex<Vec<(String, String)>>, name: String, value: &str) {
    let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    if !notes.iter().any(|(known, _)| *known == name) {
        notes.push((name, value.to_owned()));
    }
}

/// A record's values by their names on the wire; lists and objects have no field of their own.
fn values_of(record: &impl serde::Serialize) -> Result<HashMap<String, String>> {
    let Value::Object(map) = serde_json::to_value(record)? else { return Ok(HashMap::new()) };
    let text = |value| match value {
        Value::String(text) => Some(text),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Object(_) => None,
    };
    Ok(map.into_iter().filter_map(|(name, value)| text(value).map(|value| (name, value))).collect())
}
