//! A mail server that does what the test tells it.

use std::sync::{Arc, Mutex, MutexGuard};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What is out of the ordinary. Commands are `CONNECT`, `EHLO`, `MAIL`, `RCPT`, `DATA`, and `.` for the end of a mail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script {
    /// An answer that is not the usual one.
    pub(crate) refuse: Option<(&'static str, &'static str)>,
    /// The connection is cut instead of an answer; in the middle of the mail at `.`.
    pub(crate) break_at: Option<&'static str>,
    /// No answer, ever.
    pub(crate) hang_at: Option<&'static str>,
    /// The connection is closed after the answer.
    pub(crate) hang_up_after: Option<&'static str>,
}

impl Script {
    /// This answer to this command.
    pub(crate) fn refusing(command: &'static str, answer: &'static str) -> Self {
        Self { refuse: Some((command, answer)), ..Self::default() }
    }
}

#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    commands: Vec<String>,
    mails: Vec<String>,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) port: u16,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server on a port of its own.
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Seen>>::default();
        let kept = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                kept.lock().unwrap().connections += 1;
                tokio::spawn(converse(stream, script.clone(), Arc::clone(&kept)));
            }
        });
        Self { port, seen, task }
    }

    /// Stops listening.
    pub(crate) async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    /// How often somebody has connected.
    pub(crate) fn connections(&self) -> usize {
        self.seen().connections
    }

    /// What was said, mails aside.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.seen().commands.clone()
    }

    /// The mails that were taken.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.seen().mails.clone()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }
}

async fn converse(stream: TcpStream, script: Script, seen: Arc<Mutex<Seen>>) {
    let mut stream = BufReader::new(stream);
    if answer(&mut stream, &script, "CONNECT", "220 mail.test ESMTP").await.is_none() {
        return;
    }
    let mut line = String::new();
    while read(&mut stream, &mut line).await {
        let text = line.trim_end().to_owned();
        let command = text.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        seen.lock().unwrap().commands.push(text);
        let usual = match command.as_str() {
            "EHLO" => "250-mail.test\r\n250 8BITMIME",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 ok",
        };
        let Some(said) = answer(&mut stream, &script, &command, usual).await else { return };
        if command == "DATA" && said.starts_with('3') {
            let mut mail = String::new();
            while read(&mut stream, &mut line).await && line != ".\r\n" {
                if script.break_at == Some(".") && mail.len() > 200 {
                    return;
                }
                mail.push_str(&line);
            }
            let Some(said) = answer(&mut stream, &script, ".", "250 2.0.0 taken").await else { return };
            if said.starts_with('2') {
                seen.lock().unwrap().mails.push(mail);
            }
            if script.hang_up_after == Some(".") {
                return;
            }
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>, line: &mut String) -> bool {
    line.clear();
    matches!(stream.read_line(line).await, Ok(length) if length > 0)
}

/// Says what the script wants; none when the conversation is over.
async fn answer(
    stream: &mut BufReader<TcpStream>,
    script: &Script,
    command: &str,
    usual: &'static str,
) -> Option<&'static str> {
    if script.break_at == Some(command) {
        return None;
    }
    if script.hang_at == Some(command) {
        std::future::pending::<()>().await;
    }
    let said = match script.refuse {
        Some((refused, answer)) if refused == command => answer,
        _ => usual,
    };
    stream.get_mut().write_all(format!("{said}\r\n").as_bytes()).await.ok()?;
    Some(said)
}
