//! The fields of a form: made by a [`FormState`], finished by their own words, shown by the template.
//!
//! ```text
//! {{ form.text("name", page.t("company.name")).required() }}
//! {{ form.select("status", page.t("company.status"), statuses).hint(page.t("company.status_hint")) }}
//! ```

use std::fmt;

use askama::Template;

use super::{Choice, FormState, Found, texts};
use crate::{
    error::Language,
    types::{Phone, typed},
};

/// What a field is to whoever fills it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Email,
    Password,
    Area,
    Select,
    Radios,
    Check,
    Combo,
    Date,
    Money,
    Number,
    Phone,
    Tckn,
    Tax,
    File,
}

/// One field, on its way into a page.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own that a template says")]
#[derive(Debug, Clone)]
pub struct Field<'a> {
    form: &'a FormState,
    kind: Kind,
    name: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    is_required: bool,
    autocomplete: Option<&'a str>,
    placeholder: Option<&'a str>,
    accept: Option<&'a str>,
    max: Option<usize>,
    choices: Vec<Choice>,
    blank: Option<&'a str>,
    source: Option<&'a str>,
    shown_text: Option<&'a str>,
    is_filter: bool,
    class: &'a str,
    has_focus: bool,
    is_disabled: bool,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $kind:ident;)*) => {
        impl FormState {
            $($(#[$doc])*
            pub fn $name<'a>(&'a self, name: &'a str, label: &'a str) -> Field<'a> {
                self.field(Kind::$kind, name, label)
            })*
        }
    };
}

kinds! {
    /// One line.
    text Text;
    /// An e-mail address.
    email Email;
    /// A password, which is never shown again.
    password Password;
    /// Several lines.
    area Area;
    /// Yes or no.
    check Check;
    /// A date, `31.12.2026`.
    date Date;
    /// An amount, `1.199,99`.
    money Money;
    /// A whole or decimal number.
    number Number;
    /// A telephone.
    phone Phone;
    /// A T.C. kimlik no, checked while it is typed.
    tckn Tckn;
    /// A VKN, or the T.C. kimlik no of a sole trader, checked while it is typed.
    tax_id Tax;
    /// A file.
    file File;
}

impl FormState {
    fn field<'a>(&'a self, kind: Kind, name: &'a str, label: &'a str) -> Field<'a> {
        Field {
            form: self,
            kind,
            name,
            label,
            hint: None,
            is_required: false,
            autocomplete: None,
            placeholder: None,
            accept: None,
            max: None,
            choices: Vec::new(),
            blank: None,
            source: None,
            shown_text: None,
            is_filter: false,
            class: "",
            has_focus: false,
            is_disabled: false,
        }
    }

    /// One of a few, in a list that opens.
    pub fn select<'a>(&'a self, name: &'a str, label: &'a str, choices: &[Choice]) -> Field<'a> {
        Field { choices: choices.to_vec(), ..self.field(Kind::Select, name, label) }
    }

    /// One of a few, all to be seen.
    pub fn radios<'a>(&'a self, name: &'a str, label: &'a str, choices: &[Choice]) -> Field<'a> {
        Field { choices: choices.to_vec(), ..self.field(Kind::Radios, name, label) }
    }

    /// One of many: `source` is asked with `?q=` for what fits, and answers with options.
    pub fn combo<'a>(&'a self, name: &'a str, label: &'a str, source: &'a str) -> Field<'a> {
        Field { source: Some(source), ..self.field(Kind::Combo, name, label) }
    }

    /// What is wrong with the form, to stand over it.
    pub fn summary(&self) -> Summary<'_> {
        Summary { form: self }
    }

    /// The protocol's own fields, to stand behind all others.
    pub fn end(&self) -> End<'_> {
        End { form: self }
    }
}

impl<'a> Field<'a> {
    /// The field must be filled in.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// A hint under the label.
    #[must_use]
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What the browser may fill in.
    #[must_use]
    pub fn autocomplete(mut self, value: &'a str) -> Self {
        self.autocomplete = Some(value);
        self
    }

    /// An example in the empty field; never the only place of what one must know.
    #[must_use]
    pub fn placeholder(mut self, text: &'a str) -> Self {
        self.placeholder = Some(text);
        self
    }

    /// The kinds of files that the browser offers, such as `.csv,.xlsx`; the server decides by the content.
    #[must_use]
    pub fn accept(mut self, kinds: &'a str) -> Self {
        self.accept = Some(kinds);
        self
    }

    /// The most characters.
    #[must_use]
    pub fn max(mut self, max: usize) -> Self {
        self.max = Some(max);
        self
    }

    /// The text of "nothing chosen" in a select.
    #[must_use]
    pub fn blank(mut self, text: &'a str) -> Self {
        self.blank = Some(text);
        self
    }

    /// What a combobox shows for the value that it holds.
    #[must_use]
    pub fn shows(mut self, text: &'a str) -> Self {
        self.shown_text = Some(text).filter(|text| !text.is_empty());
        self
    }

    /// A filter of a list: nobody needs to be told that it may stay empty.
    #[must_use]
    pub fn filter(mut self) -> Self {
        self.is_filter = true;
        self
    }

    /// Where the page begins.
    #[must_use]
    pub fn focus(mut self) -> Self {
        self.has_focus = true;
        self
    }

    /// As wide as a short number.
    #[must_use]
    pub fn short(mut self) -> Self {
        self.class = "input-s";
        self
    }

    /// As wide as half a line.
    #[must_use]
    pub fn medium(mut self) -> Self {
        self.class = "input-m";
        self
    }

    /// To be seen and not changed; it is not sent.
    #[must_use]
    pub fn disabled(mut self, is_disabled: bool) -> Self {
        self.is_disabled = is_disabled;
        self
    }

    fn id(&self) -> String {
        format!("f-{}", self.name.replace(['.', '[', ']'], "-"))
    }

    /// A value as the reader writes it.
    fn shown(&self, value: &str) -> String {
        match self.kind {
            Kind::Date => typed_date(value),
            Kind::Money | Kind::Number => typed_number(value),
            Kind::Phone => Phone::parse(value).map_or_else(|_| value.to_owned(), |phone| phone.display()),
            Kind::Check if value.is_empty() => "false".to_owned(),
            Kind::Password | Kind::File => String::new(),
            _ => value.to_owned(),
        }
    }

    /// What the field holds, what the record holds, and whether somebody must choose between the two.
    fn values(&self) -> (String, String, bool) {
        let mine = self.shown(self.form.value(self.name));
        let Some(theirs) = &self.form.theirs else { return (mine.clone(), mine, false) };
        let theirs = self.shown(theirs.get(self.name).map_or("", String::as_str));
        let was = self.form.was.as_ref().and_then(|was| was.get(self.name));
        match was {
            // I did not touch it: what the others wrote stands.
            Some(was) if *was == mine => (theirs.clone(), theirs, false),
            // The others did not touch it.
            Some(was) if *was == theirs => (mine, theirs, false),
            _ => {
                let differ = mine != theirs;
                (mine, theirs, differ)
            }
        }
    }

    /// The words of the values that are not what the reader types.
    fn words(&self) -> Vec<Choice> {
        match self.kind {
            Kind::Check => [("true", "form.yes"), ("false", "form.no")]
                .map(|(value, key)| Choice::new(value, self.shared(key)))
                .to_vec(),
            _ => self.choices.clone(),
        }
    }

    fn in_words(&self, value: &str) -> String {
        let chosen = self.choices.iter().find(|choice| choice.value == value);
        match (chosen, self.kind, value) {
            (Some(choice), ..) => choice.text.clone(),
            (None, Kind::Check, value) => self.shared(if value == "true" { "form.yes" } else { "form.no" }).to_owned(),
            (None, _, "") => self.shared("form.nothing").to_owned(),
            (None, _, value) => value.to_owned(),
        }
    }

    fn shared(&self, key: &str) -> &'static str {
        texts::find(None, self.form.language, key)
    }
}

fn typed_date(value: &str) -> String {
    match value.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _] => format!("{}.{}.{}", &value[8..], &value[5..7], &value[..4]),
        _ => value.to_owned(),
    }
}

/// Numbers are typed by Turkish habit in both languages, for the reader of a form is the one who wrote it.
fn typed_number(value: &str) -> String {
    match value.parse::<rust_decimal::Decimal>() {
        Ok(number) if typed::number(value) == value => super::format::number(number, Language::Tr),
        _ => value.to_owned(),
    }
}

/// The two values of a conflict, in words.
struct Versus {
    mine: String,
    theirs: String,
}

#[derive(Template)]
#[template(path = "ui/field.html")]
struct FieldHtml<'a> {
    field: &'a Field<'a>,
    id: String,
    value: String,
    text: String,
    /// What fits the text of a combobox.
    found: &'a [Found],
    problems: Vec<&'a str>,
    described: String,
    versus: Option<Versus>,
}

impl FieldHtml<'_> {
    fn is(&self, kind: &str) -> bool {
        let name = match self.field.kind {
            Kind::Text => "text",
            Kind::Email => "email",
            Kind::Password => "password",
            Kind::Area => "area",
            Kind::Select => "select",
            Kind::Radios => "radios",
            Kind::Check => "check",
            Kind::Combo => "combo",
            Kind::Date => "date",
            Kind::Money => "money",
            Kind::Number => "number",
            Kind::Phone => "phone",
            Kind::Tckn => "tckn",
            Kind::Tax => "tax",
            Kind::File => "file",
        };
        name == kind
    }

    /// What the script says while somebody types: right, wrong, and not yet whole.
    fn notes(&self) -> Option<(&'static str, &'static str, &'static str)> {
        let text = |key| self.field.shared(key);
        match self.field.kind {
            Kind::Phone | Kind::Tckn | Kind::Tax => {
                Some((text("form.number_right"), text("form.number_wrong"), text("form.number_open")))
            }
            Kind::Date => Some(("", text("form.date_wrong"), text("form.date_open"))),
            Kind::Email => Some(("", text("form.email_wrong"), "")),
            _ => None,
        }
    }

    fn is_checked(&self) -> bool {
        self.value == "true"
    }
}

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, record, differ) = self.values();
        // A field that is not sent, or that never says what it holds, has not been shown.
        if !self.is_disabled && !matches!(self.kind, Kind::Password | Kind::File) {
            self.form.has_shown(self.name, &record);
        }
        self.form.is_called(self.name, self.label, self.words());
        let problems = self.form.problems(self.name);
        let id = self.id();
        let mut described = Vec::new();
        if self.hint.is_some() {
            described.push(format!("{id}-hint"));
        }
        if !problems.is_empty() {
            described.push(format!("{id}-error"));
        }
        let open = self.form.combos.iter().find(|combo| combo.name == self.name);
        let text = match open {
            Some(combo) => combo.text.clone(),
            None => self.shown_text.map_or_else(|| value.clone(), str::to_owned),
        };
        let found = open.and_then(|combo| combo.found.as_deref()).unwrap_or_default();
        let versus = differ.then(|| Versus { mine: self.in_words(&value), theirs: self.in_words(&record) });
        let mut html = FieldHtml { field: self, id, value, text, found, problems, described: String::new(), versus };
        if html.notes().is_some() {
            described.push(format!("{}-note", html.id));
        }
        html.described = described.join(" ");
        html.render_into(f).map_err(|_| fmt::Error)
    }
}

impl askama::filters::HtmlSafe for Field<'_> {}

/// What is wrong with a form.
#[derive(Debug, Clone, Copy)]
pub struct Summary<'a> {
    form: &'a FormState,
}

#[derive(Template)]
#[template(path = "ui/summary.html")]
struct SummaryHtml<'a> {
    title: &'static str,
    headline: &'a str,
    change: Option<String>,
    choose: &'static str,
    /// The link to a field, its name, and what is wrong with it.
    problems: Vec<(Option<String>, Option<String>, &'a str)>,
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = self.form;
        let Some(headline) = form.headline() else { return Ok(()) };
        let link = |field: &str| {
            let is_shown = form.label(field).is_some() || form.values.contains_key(field);
            is_shown.then(|| format!("f-{}", field.replace(['.', '[', ']'], "-")))
        };
        // What exists already is for the page to link to.
        let told = form.details.iter().filter(|d| d.code != "EXISTING_RECORD");
        let problems =
            told.map(|d| (link(&d.field), form.label(&d.field), d.text.in_language(form.language))).collect();
        let shared = |key| texts::find(None, form.language, key);
        let (title, choose) = match (form.is_conflict(), &form.theirs) {
            (true, Some(_)) => (shared("form.conflict_title"), shared("form.choose")),
            (true, None) => (shared("form.conflict_title"), shared("form.look_again")),
            (false, _) => (shared("form.problem"), ""),
        };
        SummaryHtml { title, headline, change: form.change(), choose, problems }.render_into(f).map_err(|_| fmt::Error)
    }
}

impl askama::filters::HtmlSafe for Summary<'_> {}

/// The protocol's own fields.
#[derive(Debug, Clone, Copy)]
pub struct End<'a> {
    form: &'a FormState,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<input type="hidden" name="_key" value="{{ key }}">
{%- if let Some(version) = version %}<input type="hidden" name="_version" value="{{ version }}">{% endif -%}
{%- if let Some(was) = was %}<input type="hidden" name="_was" value="{{ was }}">{% endif -%}
{%- if !names.is_empty() %}<input type="hidden" name="_names" value="{{ names }}">{% endif -%}"#
)]
struct EndHtml<'a> {
    key: &'a str,
    version: Option<i64>,
    was: Option<String>,
    names: String,
}

impl fmt::Display for End<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = self.form.hidden();
        let html = EndHtml { key: hidden.key, version: hidden.version, was: hidden.was, names: hidden.names };
        html.render_into(f).map_err(|_| fmt::Error)
    }
}

impl askama::filters::HtmlSafe for End<'_> {}
