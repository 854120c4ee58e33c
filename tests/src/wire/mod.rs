//! A wire between a function and a service: it carries everything as it is, and notes what was asked. So a test counts
//! what an operation costs, and a measurement does the same calls again without the function.

mod frames;

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use frames::Message;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
};

/// What is spoken on a wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// MariaDB's.
    Sql,
    /// Redis's.
    Redis,
    /// HTTP/1.1: SQS and S3.
    Http,
}

/// One request and how much came back.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The statement's text, the command's name or the call's target.
    pub what: String,
    /// Whether it left before the reply to the one before had come: both cost one trip.
    pub joined: bool,
    connection: usize,
    bytes: Vec<u8>,
    replies: usize,
}

impl Exchange {
    /// Whether it is a statement that is carried out, and not one that is only made known to the server.
    pub fn is_statement(&self) -> bool {
        !self.what.starts_with("PREPARE ") && self.what != "CLOSE"
    }

    /// The same with other bytes in the place of some: ids that must be new each time.
    #[must_use]
    pub fn with(mut self, others: &[([u8; 16], [u8; 16])]) -> Self {
        for at in 0..self.bytes.len().saturating_sub(15) {
            if let Some((_, new)) = others.iter().find(|(old, _)| self.bytes[at..at + 16] == old[..]) {
                self.bytes[at..at + 16].copy_from_slice(new);
            }
        }
        self
    }
}

/// What is done once more on a connection, and where its time is told.
type Again = (Vec<Exchange>, oneshot::Sender<std::io::Result<Duration>>);

/// A wire to one service.
#[derive(Debug, Clone)]
pub struct Wire {
    /// Where it listens.
    pub address: SocketAddr,
    protocol: Protocol,
    service: String,
    noted: Arc<Mutex<Noted>>,
    /// For calls of HTTP that are done again: a service closes a connection when it likes.
    own: Arc<tokio::sync::Mutex<Option<TcpStream>>>,
}

#[derive(Debug, Default)]
struct Noted {
    exchanges: Vec<Exchange>,
    /// How many were taken away before these.
    before: usize,
    connections: Vec<mpsc::UnboundedSender<Again>>,
}

impl Wire {
    /// A wire to the service at `host:port`.
    pub async fn to(service: &str, protocol: Protocol) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let wire = Self { address, protocol, service: service.to_owned(), noted: Arc::default(), own: Arc::default() };
        let (service, noted) = (service.to_owned(), Arc::clone(&wire.noted));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&service).await else { continue };
                if client.set_nodelay(true).and(server.set_nodelay(true)).is_err() {
                    continue;
                }
                let (sender, again) = mpsc::unbounded_channel();
                let number = {
                    let mut noted = lock(&noted);
                    noted.connections.push(sender);
                    noted.connections.len() - 1
                };
                let connection = Connection::new(protocol, number, Arc::clone(&noted));
                tokio::spawn(connection.carry(client, server, again));
            }
        });
        Ok(wire)
    }

    /// What was asked since the last time.
    pub fn take(&self) -> Vec<Exchange> {
        let mut noted = lock(&self.noted);
        noted.before += noted.exchanges.len();
        std::mem::take(&mut noted.exchanges)
    }

    /// Does the same once more on the same connections, one after another; the time that it took. Calls of HTTP, which
    /// stand by themselves, have a connection of their own.
    pub async fn again(&self, exchanges: &[Exchange]) -> std::io::Result<Duration> {
        if self.protocol == Protocol::Http {
            return self.call_again(exchanges).await;
        }
        let mut took = Duration::ZERO;
        for part in exchanges.chunk_by(|one, next| one.connection == next.connection) {
            let (tell, told) = oneshot::channel();
            let gone = || std::io::Error::other("the connection is gone");
            let connection = lock(&self.noted).connections.get(part[0].connection).cloned();
            connection.ok_or_else(gone)?.send((part.to_vec(), tell)).map_err(|_| gone())?;
            took += told.await.map_err(|_| gone())??;
        }
        Ok(took)
    }
}

impl Wire {
    async fn call_again(&self, exchanges: &[Exchange]) -> std::io::Result<Duration> {
        let mut own = self.own.lock().await;
        let begun = Instant::now();
        for exchange in exchanges {
            let (stream, answered) = match own.take() {
                Some(stream) => call(stream, &exchange.bytes).await,
                None => (None, false),
            };
            *own = stream;
            if !answered {
                let stream = TcpStream::connect(&self.service).await?;
                stream.set_nodelay(true)?;
                let (stream, answered) = call(stream, &exchange.bytes).await;
                *own = stream;
                if !answered {
                    return Err(std::io::Error::other(format!("no answer to {}", exchange.what)));
                }
            }
        }
        Ok(begun.elapsed())
    }
}

/// Sends a request and reads its answer; the connection, if it is still good, and whether the answer came.
async fn call(mut stream: TcpStream, bytes: &[u8]) -> (Option<TcpStream>, bool) {
    let (mut down, mut part) = (Vec::new(), vec![0; 16 * 1024]);
    if stream.write_all(bytes).await.is_err() {
        return (None, false);
    }
    while let Ok(length @ 1..) = stream.read(&mut part).await {
        down.extend_from_slice(&part[..length]);
        if frames::reply(Protocol::Http, &mut down).is_some() {
            return (Some(stream), true);
        }
    }
    (None, false)
}

fn lock(noted: &Mutex<Noted>) -> MutexGuard<'_, Noted> {
    noted.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection of a wire.
struct Connection {
    protocol: Protocol,
    number: usize,
    noted: Arc<Mutex<Noted>>,
    up: Vec<u8>,
    down: Vec<u8>,
    /// Numbers of the exchanges that wait for a reply; of MariaDB's only the last one, which all packets belong to.
    waiting: VecDeque<usize>,
    statements: HashMap<u32, String>,
    preparing: Option<String>,
}

impl Connection {
    fn new(protocol: Protocol, number: usize, noted: Arc<Mutex<Noted>>) -> Self {
        Self {
            protocol,
            number,
            noted,
            up: Vec::new(),
            down: Vec::new(),
            waiting: VecDeque::new(),
            statements: HashMap::new(),
            preparing: None,
        }
    }

    /// Carries both ways until one side hangs up.
    async fn carry(mut self, mut client: TcpStream, mut server: TcpStream, mut again: mpsc::UnboundedReceiver<Again>) {
        let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
        loop {
            tokio::select! {
                read = client.read(&mut asked) => match read {
                    Ok(length @ 1..) => {
                        self.note_requests(&asked[..length]);
                        if server.write_all(&asked[..length]).await.is_err() { return }
                    }
                    _ => return,
                },
                read = server.read(&mut answered) => match read {
                    Ok(length @ 1..) => {
                        self.note_replies(&answered[..length]);
                        if client.write_all(&answered[..length]).await.is_err() { return }
                    }
                    _ => return,
                },
                Some((exchanges, tell)) = again.recv() => {
                    let _ = tell.send(self.repeat(&mut server, &mut answered, &exchanges).await);
                }
            }
        }
    }

    fn note_requests(&mut self, bytes: &[u8]) {
        self.up.extend_from_slice(bytes);
        while let Some(message) = frames::request(self.protocol, &mut self.up) {
            let Message { whole, asks } = message;
            let Some(asks) = asks else { continue };
            let what = match asks {
                frames::Asks::Execute(id) => self.statements.get(&id).cloned().unwrap_or_default(),
                frames::Asks::Prepare(text) => {
                    self.preparing = Some(text.clone());
                    format!("PREPARE {text}")
                }
                frames::Asks::Else(what) => what,
            };
            let mut noted = lock(&self.noted);
            let joined = self.protocol != Protocol::Sql && !self.waiting.is_empty();
            if self.protocol == Protocol::Sql {
                self.waiting.clear();
            }
            self.waiting.push_back(noted.before + noted.exchanges.len());
            noted.exchanges.push(Exchange { what, joined, connection: self.number, bytes: whole, replies: 0 });
        }
    }

    fn note_replies(&mut self, bytes: &[u8]) {
        self.down.extend_from_slice(bytes);
        while let Some(reply) = frames::reply(self.protocol, &mut self.down) {
            if let Some(text) = self.preparing.take()
                && let Some(id) = frames::prepared(&reply)
            {
                self.statements.insert(id, text);
            }
            let number = match self.protocol {
                Protocol::Sql => self.waiting.front().copied(),
                Protocol::Redis | Protocol::Http => self.waiting.pop_front(),
            };
            let mut noted = lock(&self.noted);
            let place = number.and_then(|number| number.checked_sub(noted.before));
            if let Some(exchange) = place.and_then(|place| noted.exchanges.get_mut(place)) {
                exchange.replies += 1;
            }
        }
    }

    async fn repeat(
        &mut self,
        server: &mut TcpStream,
        buffer: &mut [u8],
        exchanges: &[Exchange],
    ) -> std::io::Result<Duration> {
        let begun = Instant::now();
        let mut rest = exchanges;
        while let Some(first) = rest.first() {
            let joined = rest[1..].iter().take_while(|exchange| exchange.joined).count();
            let (trip, later) = rest.split_at(joined + 1);
            rest = later;
            let bytes: Vec<u8> = trip.iter().flat_map(|exchange| exchange.bytes.iter().copied()).collect();
            server.write_all(&bytes).await?;
            let mut missing: usize = trip.iter().map(|exchange| exchange.replies).sum();
            while missing > 0 {
                let length = server.read(buffer).await?;
                if length == 0 {
                    return Err(std::io::Error::other(format!("hung up after {}", first.what)));
                }
                self.down.extend_from_slice(&buffer[..length]);
                while frames::reply(self.protocol, &mut self.down).is_some() {
                    missing = missing.saturating_sub(1);
                }
            }
        }
        Ok(begun.elapsed())
    }
}
