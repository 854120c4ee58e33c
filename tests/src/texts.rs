//! The texts of the pages: complete in both languages, and each of them used.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// One crate with texts.
struct Crate {
    name: String,
    tr: BTreeMap<String, String>,
    en: BTreeMap<String, String>,
    /// Every string literal of its sources and templates.
    literals: BTreeSet<String>,
    /// Those of its templates and of the sources of its pages: elsewhere names of events look alike.
    asked: BTreeSet<String>,
    /// The closed lists whose words are looked up: `word("role", …)`.
    lists: BTreeSet<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn crates() -> Vec<Crate> {
    let mut folders = vec![root().join("shared")];
    let functions = std::fs::read_dir(root().join("functions")).unwrap();
    folders.extend(functions.map(|entry| entry.unwrap().path()).filter(|path| path.join("locales").exists()));
    folders.iter().map(|folder| read(folder)).collect()
}

fn read(folder: &Path) -> Crate {
    let texts = |language: &str| {
        let file = std::fs::read_to_string(folder.join("locales").join(language).with_extension("toml")).unwrap();
        let mut out = BTreeMap::new();
        flat("", &file.parse().unwrap(), &mut out);
        out
    };
    let (mut sources, mut pages) = (String::new(), String::new());
    for part in ["src", "templates"] {
        gather(&folder.join(part), &mut sources, &mut pages);
    }
    let strings = |text: &str| text.split('"').skip(1).map(str::to_owned).collect();
    let after =
        |mark: &'static str| sources.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned);
    let lists = after("word(\"").chain(after(">(\"")).collect();
    Crate {
        name: folder.file_name().unwrap().to_string_lossy().into_owned(),
        tr: texts("tr"),
        en: texts("en"),
        literals: strings(&sources),
        asked: strings(&pages),
        lists,
    }
}

fn gather(path: &Path, sources: &mut String, pages: &mut String) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            gather(&entry.unwrap().path(), sources, pages);
        }
    } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "html") {
        let text = std::fs::read_to_string(path).unwrap();
        sources.push_str(&text);
        let place = path.to_string_lossy();
        if ["/templates/", "/pages", "/web/"].iter().any(|part| place.contains(part)) {
            pages.push_str(&text);
        }
    }
}

fn flat(prefix: &str, table: &toml::Table, out: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flat(&key, inner, out),
            value => {
                let text = value.as_str().map(str::to_owned);
                out.insert(key.clone(), text.unwrap_or_else(|| panic!("{key} is no text")));
            }
        }
    }
}

/// The places of a text: `{0}`, `{n}`.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn both_languages_say_the_same_things() {
    for Crate { name, tr, en, .. } in crates() {
        let keys = |texts: &BTreeMap<String, String>| texts.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&tr), keys(&en), "{name}/locales");
        for (key, text) in &tr {
            assert_eq!(places(text), places(&en[key]), "{name}: the places of {key}");
            assert!(!text.trim().is_empty() && !en[key].trim().is_empty(), "{name}: {key} is empty");
        }
    }
}

#[test]
fn every_text_is_used() {
    let all = crates();
    let is_used = |within: &Crate, key: &str| {
        let stem = key.strip_suffix(".one").or_else(|| key.strip_suffix(".other")).unwrap_or(key);
        let list = key.rsplit_once('.').map_or("", |(list, _)| list);
        within.literals.contains(stem)
            || within.lists.contains(list)
            || within.literals.iter().any(|literal| literal.starts_with(&format!("{list}.{{")))
    };
    for own in &all {
        for key in own.tr.keys() {
            // What all pages share may be used by any of them.
            let used = if own.name == "shared" { all.iter().any(|c| is_used(c, key)) } else { is_used(own, key) };
            assert!(used, "{}: nobody says {key}", own.name);
        }
    }
}

#[test]
fn every_text_that_is_asked_for_is_there() {
    let all = crates();
    let shared = &all[0].tr;
    for own in &all {
        let tables: BTreeSet<&str> =
            own.tr.keys().chain(shared.keys()).filter_map(|key| key.split('.').next()).collect();
        for literal in &own.asked {
            let is_key = literal.split_once('.').is_some_and(|(table, rest)| {
                tables.contains(table)
                    && !rest.is_empty()
                    && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
            });
            // `error.html` is a template.
            let is_other =
                [".html", ".svg", ".css", ".js", ".png"].iter().any(|end| literal.strip_suffix(end).is_some());
            let known = |key: &str| own.tr.contains_key(key) || shared.contains_key(key);
            let is_plural = known(&format!("{literal}.other"));
            if is_key && !is_other && !is_plural {
                let is_list = own.tr.keys().chain(shared.keys()).any(|key| key.starts_with(&format!("{literal}.")));
                assert!(known(literal) || is_list, "{}: {literal} is not in the locales", own.name);
            }
        }
    }
}
