//! The environment of the functions: addresses from the ports, secrets made once for each data folder.

use std::collections::BTreeMap;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;

use crate::place::{Kind, Place};
use crate::template::{Function, Stack};
use crate::trouble::{During, Result};

/// The region of the local AWS.
pub(crate) const REGION: &str = "eu-central-1";

/// The database's users: the name, and the variable that holds its address.
pub(crate) const USERS: [(&str, &str); 4] = [
    ("app", "DATABASE_URL"),
    ("system", "SYSTEM_DATABASE_URL"),
    ("migrator", "MIGRATOR_DATABASE_URL"),
    ("checker", "CHECK_DATABASE_URL"),
];

/// What opens something that not every function may open.
const GUARDED: [&str; 12] = [
    "DATABASE_URL",
    "SYSTEM_DATABASE_URL",
    "MIGRATOR_DATABASE_URL",
    "CHECK_DATABASE_URL",
    "REDIS_URL",
    "SIGNING_KEYS",
    "FIELD_KEYS",
    "INDEX_KEY",
    "FILES_BUCKET",
    "AUDIT_BUCKET",
    "SMTP_URL",
    "MAIL_FROM",
];

/// What the environment of a process is made of.
#[derive(Debug, Clone)]
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads or makes the secrets, and writes everything to the place's file.
    pub(crate) fn prepare(place: &Place, stack: &Stack) -> Result<Self> {
        let file = place.env_file();
        let known = parse(&std::fs::read_to_string(&file).unwrap_or_default());
        let environment = Self(compose(place, stack, &known));
        let mut text = String::from("# Made by ./scripts/dev; the secrets stay as long as this file.\n");
        for (name, value) in &environment.0 {
            let _ = writeln!(text, "{name}=\"{value}\"");
        }
        text.push_str(&path_line(place));
        private_folder(place)?;
        std::fs::write(&file, text).during(format!("write {}", file.display()))?;
        Ok(environment)
    }

    /// One value; empty when there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The password of a database user.
    pub(crate) fn password(&self, variable: &str) -> &str {
        password(self.get(variable)).unwrap_or_default()
    }

    /// Everything: for tests and for the commands that prepare the database.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What one function gets: of what opens something only what the template gives it in the cloud.
    pub(crate) fn of<'a>(&'a self, function: &'a Function) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.all().filter(|(name, _)| !GUARDED.contains(name) || function.variables.contains(*name))
    }
}

fn compose(place: &Place, stack: &Stack, known: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let aws = format!("http://127.0.0.1:{}", place.aws());
    let keep = |name: &str, make: &dyn Fn() -> String| known.get(name).cloned().unwrap_or_else(make);
    let mut values = BTreeMap::new();
    let mut set = |name: &str, value: String| values.insert(name.to_owned(), value);

    set("ENVIRONMENT", if place.kind == Kind::Development { "development" } else { "test" }.to_owned());
    for (user, variable) in USERS {
        let secret =
            known.get(variable).and_then(|url| password(url)).map_or_else(|| random_hexadecimal(16), str::to_owned);
        set(variable, format!("mysql://{user}:{secret}@127.0.0.1:{}/prosektor", place.mariadb()));
    }
    if place.replicated {
        let primary = values["DATABASE_URL"].clone();
        let (before, after) = (format!(":{}/", place.mariadb()), format!(":{}/", place.replica()));
        values.insert("DATABASE_REPLICA_URL".to_owned(), primary.replace(&before, &after));
    }
    let mut set = |name: &str, value: String| values.insert(name.to_owned(), value);
    set("DATABASE_MAX_CONNECTIONS", "2".to_owned());
    set("REDIS_URL", format!("redis://127.0.0.1:{}", place.redis()));
    set("AWS_REGION", REGION.to_owned());
    set("AWS_ACCESS_KEY_ID", "local".to_owned());
    set("AWS_SECRET_ACCESS_KEY", "local".to_owned());
    set("QUEUE_URL_PREFIX", format!("{aws}/000000000000/{}", prefix(stack)));
    set("S3_PUBLIC_ENDPOINT", format!("http://localhost:{}", place.aws()));
    set("AWS_ENDPOINT_URL", aws);
    set("FILES_BUCKET", stack.files.clone());
    set("AUDIT_BUCKET", stack.locked().to_owned());
    set("SMTP_URL", format!("smtp://127.0.0.1:{}", place.smtp()));
    set("MAIL_FROM", "ProSektor <no-reply@prosektor.test>".to_owned());
    set("PUBLIC_URL", place.url());
    set("ALLOWED_ORIGINS", format!("{},{}", place.url(), place.gateway()));
    // Two keys each, as in the middle of a rotation: the tests make things under the older one.
    set("SIGNING_KEYS", keep("SIGNING_KEYS", &|| format!("local2:{},local1:{}", key(), key())));
    set("FIELD_KEYS", keep("FIELD_KEYS", &|| format!("local2:{},local1:{}", key(), key())));
    set("INDEX_KEY", keep("INDEX_KEY", &key));
    set("ASSETS_MANIFEST", place.root.join("shared/assets/dist/assets.json").display().to_string());
    set("REGISTRATION_OPEN", "true".to_owned());
    // The local gateway sees one address for everybody.
    set("RATE_LIMIT_ADDRESS_FACTOR", "1000".to_owned());
    set("LOG_LEVEL", "info".to_owned());
    set("METRICS", "emf".to_owned());
    values
}

/// What the names of all queues begin with.
fn prefix(stack: &Stack) -> String {
    let mut names = stack.queues.iter().map(|queue| queue.name.as_str());
    let first = names.next().unwrap_or_default();
    let length = names.fold(first.len(), |length, name| {
        first.bytes().zip(name.bytes()).take(length).take_while(|(one, other)| one == other).count()
    });
    // Two queues may begin alike beyond the prefix; it ends with its hyphen.
    first[..length].rfind('-').map_or_else(String::new, |end| first[..=end].to_owned())
}

/// Lets a shell that reads the file find cargo-lambda. Behind everything else, so that it hides no tool.
fn path_line(place: &Place) -> String {
    let tools = place.tool("cargo-lambda").with_file_name("");
    format!("PATH=\"$PATH:{}\"\n", tools.display().to_string().trim_end_matches('/'))
}

fn parse(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned())).collect()
}

fn password(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split_once('@')?.0.split_once(':').map(|(_, secret)| secret)
}

fn key() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    STANDARD.encode(bytes)
}

/// Random bytes in hexadecimal digits.
pub(crate) fn random_hexadecimal(count: usize) -> String {
    let mut bytes = vec![0; count];
    rand::rng().fill_bytes(&mut bytes);
    hexadecimal(&bytes)
}

/// Bytes in hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Makes the data folder, closed to other users: it holds keys.
pub(crate) fn private_folder(place: &Place) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let data = place.data();
    let step = format!("create {}", data.display());
    std::fs::create_dir_all(&data).during(step.clone())?;
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).during(step)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::template::Queue;

    fn composed(known: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let place = Place { root: PathBuf::new(), kind: Kind::Development, port: 9000, copies: 2, replicated: false };
        let queues = ["shop-mailer", "shop-mailer-dlq", "shop-events"];
        let queues = queues.map(|name| Queue { name: name.to_owned(), attributes: BTreeMap::new() }).into();
        compose(&place, &Stack { queues, ..Stack::default() }, known)
    }

    #[test]
    fn secrets_survive_and_addresses_follow_the_ports() {
        let mut first = composed(&BTreeMap::new());
        let url = first["DATABASE_URL"].replace(":9001/", ":1/");
        first.insert("DATABASE_URL".to_owned(), url);
        let second = composed(&first);
        assert_eq!(first["SIGNING_KEYS"], second["SIGNING_KEYS"]);
        assert_eq!(password(&first["DATABASE_URL"]), password(&second["DATABASE_URL"]));
        assert!(second["DATABASE_URL"].ends_with("@127.0.0.1:9001/prosektor"));
        assert_ne!(composed(&BTreeMap::new())["INDEX_KEY"], first["INDEX_KEY"]);
    }

    #[test]
    fn a_shell_that_reads_the_file_finds_cargo_lambda_after_its_own_tools() {
        let place = Place {
            root: PathBuf::from("/a b/product"),
            kind: Kind::Development,
            port: 9000,
            copies: 2,
            replicated: false,
        };
        let script = format!("PATH=/bin\n{}printf %s \"$PATH\"", path_line(&place));
        let output = std::process::Command::new("/bin/sh").arg("-c").arg(script).output().unwrap();
        let expected = format!("/bin:{}", place.tool("cargo-lambda").parent().unwrap().display());
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
        assert_eq!(parse(&path_line(&place)).len(), 1, "the line is read back without harm");
    }

    #[test]
    fn queues_share_their_prefix() {
        assert_eq!(composed(&BTreeMap::new())["QUEUE_URL_PREFIX"], "http://127.0.0.1:9003/000000000000/shop-");
    }

    #[test]
    fn a_function_gets_what_the_template_gives_it() {
        let environment = Environment(composed(&BTreeMap::new()));
        let mut function = Function { variables: ["DATABASE_URL".to_owned()].into(), ..Function::default() };
        let names = |function: &Function| environment.of(function).map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        let given = names(&function);
        for name in ["MIGRATOR_DATABASE_URL", "SYSTEM_DATABASE_URL", "CHECK_DATABASE_URL", "SMTP_URL", "FIELD_KEYS"] {
            assert!(!given.contains(&name.to_owned()), "{name}");
        }
        for name in ["DATABASE_URL", "AWS_ENDPOINT_URL", "PUBLIC_URL"] {
            assert!(given.contains(&name.to_owned()), "{name}");
        }
        function.variables.insert("SYSTEM_DATABASE_URL".to_owned());
        assert!(names(&function).contains(&"SYSTEM_DATABASE_URL".to_owned()));
    }
}
