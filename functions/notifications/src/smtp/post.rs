//! One conversation with the mail server at a time, over a connection that is kept for the next mail.

use std::{
    error::Error as _,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    address::AddressError,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error as SmtpError,
        authentication::DEFAULT_MECHANISMS,
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail as MailFrom, Rcpt, Rset},
        extension::ClientId,
    },
};
use shared::types::Email;
use tokio::{sync::Mutex, time::timeout};

use super::{MailServer, Outcome, Security, Stage, judge};
use crate::letters::Letter;

/// How long the server may take to be reached.
const CONNECT: Duration = Duration::from_secs(3);
/// How long a mail may take from its first byte to the server's word.
const WHOLE: Duration = Duration::from_secs(10);
/// How long a kept connection may take to show that it lives.
const PROBE: Duration = Duration::from_secs(1);
/// A connection that has rested longer is not worth the question: servers close after minutes, NATs sooner.
const KEPT: Duration = Duration::from_mins(1);
/// After a server was not reached, the rest of the batch does not wait for it one by one, which would outlast the
/// function.
const PAUSE: Duration = Duration::from_secs(3);

/// A letter with its envelope.
#[derive(Debug)]
pub struct Mail<'a> {
    /// The Message-ID, the same at each attempt.
    pub message_id: &'a str,
    /// The address it goes to.
    pub to: &'a Email,
    /// The Date header.
    pub date: DateTime<Utc>,
    /// Its language, for programs that read mail aloud.
    pub language: &'static str,
    /// What it says.
    pub letter: &'a Letter,
}

/// Sends mail. Cloning it is cheap, and the clones share their connection.
#[derive(Clone)]
pub struct Post(Arc<Inner>);

struct Inner {
    server: MailServer,
    from: Mailbox,
    line: Mutex<Line>,
}

/// What is known of the way to the server.
#[derive(Default)]
struct Line {
    kept: Option<(AsyncSmtpConnection, Instant)>,
    lost: Option<Instant>,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Post({:?})", self.0.server)
    }
}

/// A refusal, and what was being said at that moment.
struct Refusal(Stage, SmtpError);

impl Post {
    /// A sender that speaks to `server` in the name of `from`; nothing is connected yet.
    pub fn new(server: MailServer, from: &str) -> Result<Self, AddressError> {
        Ok(Self(Arc::new(Inner { server, from: from.parse()?, line: Mutex::default() })))
    }

    /// The domain of our own address, of which Message-IDs are made.
    pub fn domain(&self) -> &str {
        self.0.from.email.domain()
    }

    /// Sends a mail, or says why not.
    pub async fn send(&self, mail: &Mail<'_>) -> Outcome {
        let (to, bytes) = match self.compose(mail) {
            Ok(composed) => composed,
            // The address has been read already, so this is a fault of ours; it is told, not hidden.
            Err(error) => return Outcome::later(Stage::Content, &error.to_string()),
        };
        let mut line = self.0.line.lock().await;
        if line.lost.is_some_and(|at| at.elapsed() < PAUSE) {
            return Outcome::later(Stage::Connect, "the server was not reached a moment ago");
        }
        let Ok(said) = timeout(WHOLE, self.talk(&mut line, &to, &bytes)).await else {
            // The connection was lost with the conversation.
            line.lost = Some(Instant::now());
            return Outcome::later(Stage::Content, "no answer in time");
        };
        match said {
            Ok(()) => {
                line.lost = None;
                Outcome::Sent
            }
            Err(Refusal(stage, error)) => {
                if stage == Stage::Connect {
                    line.lost = Some(Instant::now());
                }
                explain(stage, &error)
            }
        }
    }

    fn compose(&self, mail: &Mail<'_>) -> Result<(Address, Vec<u8>), Box<dyn std::error::Error + Send + Sync>> {
        let to: Address = mail.to.as_str().parse()?;
        let letter = mail.letter;
        let message = Message::builder()
            .from(self.0.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(letter.subject.as_str())
            .date(SystemTime::from(mail.date))
            .message_id(Some(format!("<{}>", mail.message_id)))
            // No holiday reply to a robot.
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Content-Language"), mail.language.into()))
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))?;
        Ok((to, message.formatted()))
    }

    /// The conversation about one mail. Dropped in the middle it takes its connection with it.
    async fn talk(&self, line: &mut Line, to: &Address, bytes: &[u8]) -> Result<(), Refusal> {
        let mut connection = match living(line.kept.take()).await {
            Some(connection) => connection,
            None => self.connect().await.map_err(|error| Refusal(Stage::Connect, error))?,
        };
        let from = self.0.from.email.clone();
        let said = hand_over(&mut connection, from, to.clone(), bytes).await;
        // A refusal of one mail says nothing about the next; a broken line does.
        if said.as_ref().err().is_none_or(|Refusal(_, error)| error.status().is_some_and(|code| !closes(code.into()))) {
            line.kept = Some((connection, Instant::now()));
        }
        said
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let server = &self.0.server;
        let name = ClientId::Domain(self.domain().to_owned());
        let tls = || TlsParameters::new(server.host.clone());
        let at_once = (server.security == Security::Tls).then(tls).transpose()?;
        let address = (server.host.as_str(), server.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT), &name, at_once, None).await?;
        if server.security == Security::StartTls {
            connection.starttls(tls()?, &name).await?;
        }
        if let Some(credentials) = &server.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// The kept connection, if it still answers. RSET also forgets whatever was left of the last mail.
async fn living(kept: Option<(AsyncSmtpConnection, Instant)>) -> Option<AsyncSmtpConnection> {
    let (mut connection, since) = kept?;
    let answers = since.elapsed() < KEPT && matches!(timeout(PROBE, connection.command(Rset)).await, Ok(Ok(_)));
    answers.then_some(connection)
}

async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    from: Address,
    to: Address,
    bytes: &[u8],
) -> Result<(), Refusal> {
    let at = |stage| move |error| Refusal(stage, error);
    connection.command(MailFrom::new(Some(from), vec![])).await.map_err(at(Stage::Sender))?;
    connection.command(Rcpt::new(to, vec![])).await.map_err(at(Stage::Recipient))?;
    connection.command(Data).await.map_err(at(Stage::Content))?;
    connection.message(bytes).await.map_err(at(Stage::Content))?;
    Ok(())
}

/// Whether the server hangs up after this answer.
fn closes(status: u16) -> bool {
    status == 421
}

fn explain(stage: Stage, error: &SmtpError) -> Outcome {
    match error.status() {
        Some(code) => {
            let text = error.source().map(ToString::to_string).unwrap_or_default();
            judge(stage, Some(code.into()), &text)
        }
        None => judge(stage, None, &error.to_string()),
    }
}
