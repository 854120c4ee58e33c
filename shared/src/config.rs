//! Configuration: read once from the environment into one struct; what is missing is named at once.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

/// One variable of the environment: the list that `.env.example` is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// The variable's name.
    pub name: &'static str,
    /// Whether every function needs it.
    pub required: bool,
    /// What it is for.
    pub purpose: &'static str,
}

macro_rules! variables {
    ($($name:ident $need:ident $purpose:literal;)*) => {
        /// Every variable that the product reads.
        pub const VARIABLES: &[Variable] = &[
            $(Variable { name: stringify!($name), required: variables!(@ $need), purpose: $purpose }),*
        ];
    };
    (@ required) => { true };
    (@ optional) => { false };
}

variables! {
    ENVIRONMENT required "development, test, staging or production";
    DATABASE_URL required "MariaDB as the application's user, which has rights on views only";
    DATABASE_REPLICA_URL optional "a replica for reads that may lag: reports and exports";
    SYSTEM_DATABASE_URL optional "MariaDB as the system user; only the relay, housekeeping and scheduled tasks have it";
    MIGRATOR_DATABASE_URL optional "MariaDB as the owner of the schema; only migrate and seed have it";
    DATABASE_MAX_CONNECTIONS optional "connections of one process, 1 to 50; default 2";
    REDIS_URL required "sessions, limits and cache";
    AWS_REGION required "region of the queues and buckets";
    AWS_ACCESS_KEY_ID optional "credentials; set by Lambda itself in the cloud";
    AWS_SECRET_ACCESS_KEY optional "credentials; set by Lambda itself in the cloud";
    AWS_SESSION_TOKEN optional "credentials; set by Lambda itself in the cloud";
    PARAMETERS_SECRETS_EXTENSION_HTTP_PORT optional "where AWS's extension gives out secrets; default 2773";
    AWS_ENDPOINT_URL optional "a local stand-in for AWS";
    QUEUE_URL_PREFIX required "what stands before a queue's name in its URL";
    S3_PUBLIC_ENDPOINT optional "the address of the object store as a browser reaches it";
    FILES_BUCKET optional "the bucket of uploads and exports";
    AUDIT_BUCKET optional "the bucket under object lock that the audit trail is exported to; only that task has it";
    SMTP_URL optional "smtp:// or smtps:// address of the mail server; only the mailer has it";
    MAIL_FROM optional "sender of the product's mail; only the mailer has it";
    PUBLIC_URL required "where people reach the product; base of the links in mail";
    ALLOWED_ORIGINS optional "further addresses of the product itself, for browsers without Sec-Fetch-Site; no CORS";
    SIGNING_KEYS required "id:base64 of 32 bytes, the current first; signs sessions, links and cursors";
    FIELD_KEYS required "id:base64 of 32 bytes, the current first; encrypts columns";
    INDEX_KEY required "base64 of 32 bytes; key of the blind indexes";
    ORIGIN_SECRET optional "at least 32 characters that the CDN sends to prove that a request came through it";
    ORIGIN_SECRET_PREVIOUS optional "what the CDN sent before, while it is being told the new one";
    ASSETS_MANIFEST optional "the file that names the current assets; default assets.json";
    REGISTRATION_OPEN optional "whether an OSGB may register by itself; default true";
    BLOCKED_CRAWLERS optional "crawlers that get 403 but for public pages, by a part of their User-Agent, separated by commas; none for nobody; default GPTBot and others";
    RATE_LIMIT_ADDRESS_FACTOR optional "multiplies the limits per address; 1 wherever addresses are real";
    LOG_LEVEL optional "error, warn, info, debug or trace; default info";
    METRICS optional "emf or off; default emf";
    OTEL_EXPORTER_OTLP_ENDPOINT optional "where traces go; none are made without it";
    OTEL_EXPORTER_OTLP_HEADERS optional "headers that the receiver of traces asks for: name=value,name=value";
    SENTRY_DSN optional "where faults are reported; none are without it";
}

/// The kind of installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// A laptop: demo data may be seeded, cookies need no https.
    Development,
    /// The test suite.
    Test,
    /// The rehearsal for production.
    Staging,
    /// The real thing.
    Production,
}

impl Environment {
    /// Whether this is a developer's or the tests' machine.
    pub fn is_local(self) -> bool {
        matches!(self, Self::Development | Self::Test)
    }

    /// The name in the environment and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

/// AWS's address and credentials, for clients that are built by hand.
#[derive(Debug, Clone)]
pub struct Aws {
    /// The region.
    pub region: String,
    /// A local stand-in, if one is used.
    pub endpoint: Option<String>,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: SecretString,
    /// The session token of temporary credentials.
    pub session_token: Option<SecretString>,
}

impl Aws {
    /// From the variables alone, for functions that have no other configuration.
    pub fn from_variables(variables: &BTreeMap<String, String>) -> Self {
        let text = |name: &str| variables.get(name).filter(|value| !value.trim().is_empty()).cloned();
        Self {
            region: text("AWS_REGION").unwrap_or_default(),
            endpoint: text("AWS_ENDPOINT_URL"),
            access_key_id: text("AWS_ACCESS_KEY_ID").unwrap_or_default(),
            secret_access_key: text("AWS_SECRET_ACCESS_KEY").unwrap_or_default().into(),
            session_token: text("AWS_SESSION_TOKEN").map(SecretString::from),
        }
    }
}

/// Everything that a function is told from outside.
#[derive(Debug, Clone)]
pub struct Config {
    /// The kind of installation.
    pub environment: Environment,
    /// MariaDB as the application's user.
    pub database_url: SecretString,
    /// A replica for reads that may lag.
    pub database_replica_url: Option<SecretString>,
    /// MariaDB as the system user.
    pub system_database_url: Option<SecretString>,
    /// MariaDB as the owner of the schema.
    pub migrator_database_url: Option<SecretString>,
    /// Connections of one process.
    pub database_max_connections: usize,
    /// Redis.
    pub redis_url: SecretString,
    /// AWS.
    pub aws: Aws,
    /// What stands before a queue's name in its URL.
    pub queue_url_prefix: String,
    /// The object store as a browser reaches it.
    pub s3_public_endpoint: Option<String>,
    /// The bucket of uploads and exports.
    pub files_bucket: Option<String>,
    /// The bucket that nothing can be changed in; only the audit trail's export has it.
    pub audit_bucket: Option<String>,
    /// The mail server.
    pub smtp_url: Option<SecretString>,
    /// The sender of the product's mail.
    pub mail_from: Option<String>,
    /// Where people reach the product, without a slash at the end.
    pub public_url: String,
    /// Origins that may send unsafe requests, that of `public_url` among them.
    pub allowed_origins: Vec<String>,
    /// Keys that sign sessions, links and cursors.
    pub signing_keys: SecretString,
    /// Keys that encrypt columns.
    pub field_keys: SecretString,
    /// The key of the blind indexes.
    pub index_key: SecretString,
    /// What the CDN sends to prove itself.
    pub origin_secret: Option<SecretString>,
    /// What the CDN sent before: it and the functions do not change at the same moment.
    pub origin_secret_previous: Option<SecretString>,
    /// The file that names the current assets.
    pub assets_manifest: String,
    /// Whether an OSGB may register by itself.
    pub registration_open: bool,
    /// Crawlers that only public pages are for: parts of their `User-Agent`, in lower case.
    pub blocked_crawlers: Vec<String>,
    /// Multiplies the limits per address.
    pub rate_limit_address_factor: u32,
    /// The least level that is logged.
    pub log_level: String,
    /// Whether metrics are written as EMF lines.
    pub metrics: bool,
    /// Where traces go.
    pub otlp_endpoint: Option<String>,
    /// Where faults are reported.
    pub sentry_dsn: Option<SecretString>,
}

/// Crawlers of language models and of those who sell what they find.
const CRAWLERS: &str = "GPTBot,ClaudeBot,Bytespider,CCBot,AhrefsBot,SemrushBot,DotBot,MJ12bot";

fn crawlers(list: Option<&str>) -> Vec<String> {
    let list = list.unwrap_or(CRAWLERS).to_lowercase();
    list.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "none").map(str::to_owned).collect()
}

/// What is wrong with the environment, all of it at once.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not complete:\n  {}", .0.join("\n  "))]
pub struct ConfigError(pub Vec<String>);

struct Reader<F> {
    lookup: F,
    problems: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn optional(&self, name: &str) -> Option<String> {
        debug_assert!(VARIABLES.iter().any(|v| v.name == name), "{name} is not declared in VARIABLES");
        (self.lookup)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn required(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            let purpose = VARIABLES.iter().find(|v| v.name == name).map_or("", |v| v.purpose);
            self.problems.push(format!("{name} is missing: {purpose}"));
            String::new()
        })
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &str, default: T, what: &str) -> T {
        match self.optional(name) {
            None => default,
            Some(value) => value.parse().unwrap_or_else(|_| {
                self.problems.push(format!("{name} is not {what}"));
                default
            }),
        }
    }

    fn secret(&self, name: &str) -> Option<SecretString> {
        self.optional(name).map(SecretString::from)
    }
}

impl Config {
    /// Reads the process's environment.
    #[expect(clippy::disallowed_methods, reason = "this is the one edge at which the environment comes in")]
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads from any source of names and values. An empty value counts as none.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut read = Reader { lookup, problems: Vec::new() };
        let environment = match read.required("ENVIRONMENT").as_str() {
            "development" => Environment::Development,
            "test" => Environment::Test,
            "staging" => Environment::Staging,
            "production" | "" => Environment::Production,
            _ => {
                read.problems.push("ENVIRONMENT is not development, test, staging or production".into());
                Environment::Production
            }
        };
        let public_url = read.required("PUBLIC_URL").trim_end_matches('/').to_owned();
        let mut allowed_origins: Vec<String> = read
            .optional("ALLOWED_ORIGINS")
            .map(|list| list.split(',').map(|o| o.trim().trim_end_matches('/').to_owned()).collect())
            .unwrap_or_default();
        allowed_origins.push(public_url.clone());
        let config = Self {
            environment,
            database_url: read.required("DATABASE_URL").into(),
            database_replica_url: read.secret("DATABASE_REPLICA_URL"),
            system_database_url: read.secret("SYSTEM_DATABASE_URL"),
            migrator_database_url: read.secret("MIGRATOR_DATABASE_URL"),
            database_max_connections: read.parsed("DATABASE_MAX_CONNECTIONS", 2, "a number from 1 to 50"),
            redis_url: read.required("REDIS_URL").into(),
            aws: Aws {
                region: read.required("AWS_REGION"),
                endpoint: read.optional("AWS_ENDPOINT_URL"),
                access_key_id: read.optional("AWS_ACCESS_KEY_ID").unwrap_or_default(),
                secret_access_key: read.secret("AWS_SECRET_ACCESS_KEY").unwrap_or_default(),
                session_token: read.secret("AWS_SESSION_TOKEN"),
            },
            queue_url_prefix: read.required("QUEUE_URL_PREFIX"),
            s3_public_endpoint: read.optional("S3_PUBLIC_ENDPOINT"),
            files_bucket: read.optional("FILES_BUCKET"),
            audit_bucket: read.optional("AUDIT_BUCKET"),
            smtp_url: read.secret("SMTP_URL"),
            mail_from: read.optional("MAIL_FROM"),
            public_url,
            allowed_origins,
            signing_keys: read.required("SIGNING_KEYS").into(),
            field_keys: read.required("FIELD_KEYS").into(),
            index_key: read.required("INDEX_KEY").into(),
            origin_secret: read.secret("ORIGIN_SECRET"),
            origin_secret_previous: read.secret("ORIGIN_SECRET_PREVIOUS"),
            assets_manifest: read.optional("ASSETS_MANIFEST").unwrap_or_else(|| "assets.json".into()),
            registration_open: read.parsed("REGISTRATION_OPEN", true, "true or false"),
            blocked_crawlers: crawlers(read.optional("BLOCKED_CRAWLERS").as_deref()),
            rate_limit_address_factor: read.parsed("RATE_LIMIT_ADDRESS_FACTOR", 1, "a whole number"),
            log_level: read.optional("LOG_LEVEL").unwrap_or_else(|| "info".into()),
            metrics: read.optional("METRICS").as_deref() != Some("off"),
            otlp_endpoint: read.optional("OTEL_EXPORTER_OTLP_ENDPOINT"),
            sentry_dsn: read.secret("SENTRY_DSN"),
        };
        if !(1..=50).contains(&config.database_max_connections) {
            read.problems.push("DATABASE_MAX_CONNECTIONS is not a number from 1 to 50".into());
        }
        if !environment.is_local() {
            if !config.public_url.is_empty() && !config.public_url.starts_with("https://") {
                read.problems
                    .push("PUBLIC_URL does not begin with https://, which only a laptop can do without".into());
            }
            if config.origin_secret.as_ref().is_none_or(|s| s.expose_secret().len() < 32) {
                read.problems.push(
                    "ORIGIN_SECRET is missing or shorter than 32 characters: nobody's address would be known".into(),
                );
            }
            if config.origin_secret_previous.as_ref().is_some_and(|s| s.expose_secret().len() < 32) {
                read.problems.push("ORIGIN_SECRET_PREVIOUS is shorter than 32 characters: it could be guessed".into());
            }
            if config.rate_limit_address_factor != 1 {
                read.problems.push("RATE_LIMIT_ADDRESS_FACTOR is not 1, which only a local gateway needs".into());
            }
        }
        if read.problems.is_empty() { Ok(config) } else { Err(ConfigError(read.problems)) }
    }

    /// Whether cookies carry `Secure` and the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(name: &str) -> Option<String> {
        let value = match name {
            "ENVIRONMENT" => "test",
            "PUBLIC_URL" => "http://localhost:9000/",
            _ if VARIABLES.iter().any(|v| v.name == name && v.required) => "x",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        let error = Config::from_lookup(|_| None).unwrap_err().to_string();
        for variable in VARIABLES.iter().filter(|v| v.required) {
            assert!(error.contains(&format!("{} is missing", variable.name)), "{error}");
        }
    }

    #[test]
    fn a_complete_environment_is_read() {
        let config = Config::from_lookup(complete).unwrap();
        assert_eq!(config.public_url, "http://localhost:9000");
        assert_eq!(config.allowed_origins, ["http://localhost:9000"]);
        assert!(config.registration_open && !config.is_https());
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused() {
        let error = Config::from_lookup(|name| match name {
            "DATABASE_MAX_CONNECTIONS" => Some("many".into()),
            "REGISTRATION_OPEN" => Some("perhaps".into()),
            name => complete(name),
        })
        .unwrap_err();
        assert_eq!(error.0.len(), 2, "{error}");
    }

    #[test]
    fn only_a_laptop_may_do_without_https_a_cdn_and_true_addresses() {
        for environment in ["staging", "production"] {
            let set = |name: &str| match name {
                "ENVIRONMENT" => Some(environment.into()),
                "ORIGIN_SECRET_PREVIOUS" => Some("short".into()),
                "RATE_LIMIT_ADDRESS_FACTOR" => Some("1000".into()),
                name => complete(name),
            };
            let error = Config::from_lookup(set).unwrap_err().to_string();
            for name in ["PUBLIC_URL", "ORIGIN_SECRET is", "ORIGIN_SECRET_PREVIOUS", "RATE_LIMIT_ADDRESS_FACTOR"] {
                assert!(error.contains(name), "{environment}: {error}");
            }
            let proper = |name: &str| match name {
                "ENVIRONMENT" => Some(environment.into()),
                "PUBLIC_URL" => Some("https://app.example".into()),
                "ORIGIN_SECRET" => Some("x".repeat(32)),
                name => complete(name),
            };
            assert!(Config::from_lookup(proper).is_ok(), "{environment}");
        }
    }

    /// A variable that the example shows, with what stands in angle brackets made.
    fn of_the_example(name: &str) -> Option<String> {
        let value = include_str!("../../.env.example")
            .lines()
            .find_map(|line| line.split_once('=').filter(|(n, _)| *n == name))?
            .1;
        let key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
        Some(value.trim_matches('"').replace("<key>", key).replace("<password>", "x"))
    }

    #[tokio::test]
    async fn a_function_starts_with_the_example() {
        let config = Config::from_lookup(of_the_example).unwrap();
        crate::App::new("example", config, crate::clock::Clock::System).unwrap();
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let config = Config::from_lookup(|name| match name {
            "INDEX_KEY" | "DATABASE_URL" => Some("hunter2".into()),
            name => complete(name),
        })
        .unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn the_example_file_names_exactly_these_variables() {
        let text = include_str!("../../.env.example");
        let named: Vec<&str> = text
            .lines()
            .map(|line| line.trim_start_matches("# ").trim())
            .filter_map(|line| line.split_once('=').map(|(name, _)| name))
            .filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit()))
            .collect();
        for variable in VARIABLES {
            assert!(named.contains(&variable.name), ".env.example lacks {}", variable.name);
        }
        for name in named {
            assert!(VARIABLES.iter().any(|v| v.name == name), ".env.example names {name}, which nothing reads");
        }
    }
}
