//! Secrets by reference: a variable says `{{secret#key}}`, and the value comes from AWS's Parameters and Secrets
//! extension, which runs beside the function and keeps what it fetched.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    time::Duration,
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

use crate::config::VARIABLES;

/// Where the extension answers when nothing else is said.
const PORT: u16 = 2773;
/// How long one answer may take: the extension itself asks Secrets Manager.
const ANSWER: Duration = Duration::from_secs(3);
/// How long the extension may take to get ready, once an event has come.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest answer that is read. A secret has 64 KiB at most.
const LONGEST: u64 = 256 * 1024;

/// Why a secret could not be read. None of these says a value.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The extension starts to answer with the first event, after the function's own start.
    #[error("the extension is not ready")]
    NotReady,
    /// The extension, or Secrets Manager behind it, refused.
    #[error("the secret {secret} could not be fetched: {why}")]
    Refused {
        /// The secret's name.
        secret: String,
        /// What was answered.
        why: String,
    },
    /// The secret has no such key, or is not an object of texts.
    #[error("the secret {secret} has no text under {key}")]
    NoKey {
        /// The secret's name.
        secret: String,
        /// The key that was looked for.
        key: String,
    },
    /// The reference is not written as one.
    #[error("{0} has a reference that is not {{{{secret#key}}}}")]
    Malformed(String),
}

/// The extension beside this function.
#[derive(Debug, Clone)]
pub struct Extension {
    port: u16,
    token: SecretString,
}

impl Extension {
    /// The one that the environment names.
    #[expect(clippy::disallowed_methods, reason = "secrets come before the configuration that they are part of")]
    pub fn from_env() -> Self {
        let port = std::env::var("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT").ok().and_then(|port| port.parse().ok());
        Self::new(port.unwrap_or(PORT), std::env::var("AWS_SESSION_TOKEN").unwrap_or_default().into())
    }

    /// One that answers on this port of this machine; `token` proves that the function itself asks.
    pub fn new(port: u16, token: SecretString) -> Self {
        Self { port, token }
    }

    /// The secret of this name: its texts by their keys.
    async fn get(&self, secret: &str) -> Result<HashMap<String, SecretString>, SecretError> {
        let refused = |why: String| SecretError::Refused { secret: secret.to_owned(), why };
        let (status, body) = match timeout(ANSWER, self.ask(secret)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                return Err(SecretError::NotReady);
            }
            Ok(Err(error)) => return Err(refused(error.to_string())),
            Err(_) => return Err(refused(format!("no answer within {} s", ANSWER.as_secs()))),
        };
        let text = String::from_utf8_lossy(&body);
        if status == 400 && text.contains("not ready to serve traffic") {
            return Err(SecretError::NotReady);
        }
        if status != 200 {
            return Err(refused(format!("status {status}")));
        }
        let answer: Value = serde_json::from_slice(&body).map_err(|_| refused("the answer is no JSON".to_owned()))?;
        let held = answer["SecretString"].as_str().and_then(|held| serde_json::from_str::<Map<_, _>>(held).ok());
        let held = held.ok_or_else(|| refused("it is no object of texts".to_owned()))?;
        let texts = held.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.into())));
        Ok(texts.collect())
    }

    /// One request by HTTP/1.0: the peer is on this machine, answers once and closes.
    async fn ask(&self, secret: &str) -> std::io::Result<(u16, Vec<u8>)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let mut request = String::new();
        let name = utf8_percent_encode(secret, NON_ALPHANUMERIC);
        let _ = write!(
            request,
            "GET /secretsmanager/get?secretId={name} HTTP/1.0\r\nHost: localhost:{}\r\n\
             X-Aws-Parameters-Secrets-Token: {}\r\nConnection: close\r\n\r\n",
            self.port,
            self.token.expose_secret()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(LONGEST).read_to_end(&mut answer).await?;
        let broken = || std::io::Error::other("the answer is no HTTP");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(broken)?;
        let head = String::from_utf8_lossy(&answer[..end]);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
        Ok((status, answer.split_off(end + 4)))
    }
}

/// The product's variables as they stand in the process's environment.
#[expect(clippy::disallowed_methods, reason = "secrets come before the configuration that they are part of")]
pub fn variables() -> BTreeMap<String, String> {
    let set =
        VARIABLES.iter().filter_map(|variable| Some((variable.name.to_owned(), std::env::var(variable.name).ok()?)));
    set.collect()
}

/// Whether any of the values is a reference.
pub fn refer(values: &BTreeMap<String, String>) -> bool {
    values.values().any(|value| value.contains("{{"))
}

/// Puts the secrets in the place of their references; each secret is asked for once. With `patience`, an extension
/// that is not ready yet is asked again for a while.
pub async fn resolve(
    mut values: BTreeMap<String, String>,
    extension: &Extension,
    patience: bool,
) -> Result<BTreeMap<String, String>, SecretError> {
    let until = Instant::now() + PATIENCE;
    let mut known = HashMap::new();
    for (name, value) in &mut values {
        while let Some((start, end, secret, key)) = first_reference(name, value)? {
            if !known.contains_key(&secret) {
                let held = loop {
                    match extension.get(&secret).await {
                        Err(SecretError::NotReady) if patience && Instant::now() < until => {
                            sleep(Duration::from_millis(10)).await;
                        }
                        held => break held?,
                    }
                };
                known.insert(secret.clone(), held);
            }
            let Some(text) = known.get(&secret).and_then(|held| held.get(&key)) else {
                return Err(SecretError::NoKey { secret, key });
            };
            let text = text.expose_secret();
            // A password inside an address must not end it early; a value that is the secret stays as it is.
            let text = if value.contains("://") {
                utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
            } else {
                text.to_owned()
            };
            if text.contains("{{") {
                return Err(SecretError::Malformed(name.clone()));
            }
            value.replace_range(start..end, &text);
        }
    }
    Ok(values)
}

/// Where the first reference stands, and what it refers to.
fn first_reference(name: &str, value: &str) -> Result<Option<(usize, usize, String, String)>, SecretError> {
    let Some(start) = value.find("{{") else { return Ok(None) };
    let malformed = || SecretError::Malformed(name.to_owned());
    let length = value[start..].find("}}").ok_or_else(malformed)?;
    let (secret, key) = value[start + 2..start + length].split_once('#').ok_or_else(malformed)?;
    if secret.trim().is_empty() || key.trim().is_empty() {
        return Err(malformed());
    }
    Ok(Some((start, start + length + 2, secret.trim().to_owned(), key.trim().to_owned())))
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::net::TcpListener;

    use super::*;

    /// Speaks as the extension does: not ready at first, 401 without the token, else the secret as Secrets Manager
    /// answers it. Counts the answers.
    async fn extension(not_ready: usize) -> (Extension, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
                }
                let request = String::from_utf8(request).unwrap();
                let asked = counted.fetch_add(1, Ordering::SeqCst);
                let (status, body) = if asked < not_ready {
                    ("400 Bad Request", "not ready to serve traffic, please wait".to_owned())
                } else if !request.contains("\r\nX-Aws-Parameters-Secrets-Token: session\r\n") {
                    ("401 Unauthorized", "unauthorized".to_owned())
                } else if request.starts_with("GET /secretsmanager/get?secretId=shop%2Fdatabase HTTP/1.0\r\n") {
                    let held = r#"{"username": "app", "password": "a/b@c{d", "port": 3306}"#;
                    ("200 OK", serde_json::json!({"Name": "shop/database", "SecretString": held}).to_string())
                } else {
                    ("400 Bad Request", "an unexpected error occurred while executing request".to_owned())
                };
                let answer = format!("HTTP/1.0 {status}\r\nContent-Type: application/json\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        (Extension::new(port, "session".into()), count)
    }

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    const URL: &str = "mysql://{{shop/database#username}}:{{shop/database#password}}@db:3306/shop";

    #[tokio::test]
    async fn a_secret_takes_the_place_of_its_references_and_is_fetched_once() {
        let (extension, count) = extension(0).await;
        let given =
            values(&[("DATABASE_URL", URL), ("INDEX_KEY", "{{shop/database#password}}"), ("LOG_LEVEL", "info")]);
        assert!(refer(&given));
        let found = resolve(given, &extension, false).await.unwrap();
        assert_eq!(found["DATABASE_URL"], "mysql://app:a%2Fb%40c%7Bd@db:3306/shop");
        assert_eq!(found["INDEX_KEY"], "a/b@c{d");
        assert_eq!(found["LOG_LEVEL"], "info");
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn an_extension_that_is_not_ready_is_asked_again_once_an_event_has_come() {
        let (extension, _) = extension(3).await;
        let given = values(&[("DATABASE_URL", URL)]);
        assert!(matches!(resolve(given.clone(), &extension, false).await, Err(SecretError::NotReady)));
        assert!(resolve(given, &extension, true).await.is_ok());
    }

    #[tokio::test]
    async fn nobody_who_listens_is_not_ready_either() {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let away = Extension::new(free, "session".into());
        assert!(matches!(resolve(values(&[("A", "{{a#b}}")]), &away, false).await, Err(SecretError::NotReady)));
    }

    #[tokio::test]
    async fn what_is_wrong_is_said_without_a_value() {
        let (extension, _) = extension(0).await;
        for (value, says) in [
            ("{{shop/database#pass}}", "has no text under pass"),
            ("{{shop/database#port}}", "has no text under port"),
            ("{{shop/other#password}}", "status 400"),
            ("{{shop/database}}", "is not {{secret#key}}"),
            ("{{shop/database#password", "is not {{secret#key}}"),
            ("{{#password}}", "is not {{secret#key}}"),
        ] {
            let error = resolve(values(&[("A", value)]), &extension, false).await.unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains("a/b"), "{value}: {error}");
        }
        let stranger = Extension::new(extension.port, "other".into());
        let error = resolve(values(&[("A", URL)]), &stranger, false).await.unwrap_err().to_string();
        assert!(error.contains("status 401"), "{error}");
    }
}
