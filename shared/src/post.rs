//! A small HTTP client, plain or TLS: for the collector, for Sentry, and for what AWS is asked without its SDK.

use std::{future::Future, pin::Pin, time::Duration};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
pub use opentelemetry_http::{Bytes, Request, Response};
use opentelemetry_http::{HttpClient, HttpError};

/// Its peers answer with a word or two, or with a small document.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Sends, and reads the short answer. Connections are kept between invocations.
#[derive(Debug, Clone)]
pub struct Post(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Post {
    /// A client that trusts what browsers trust.
    pub fn new() -> Result<Self, rustls::Error> {
        // Named, so that no other crate of the process can bring in a second provider unseen.
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(1)
            .build(connector);
        Ok(Self(client))
    }

    /// Sends a request whose address is absolute, and reads the whole answer.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let response = self.0.request(request.map(Full::new)).await?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER).collect().await?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }
}

impl HttpClient for Post {
    fn send_bytes<'a, 'b>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(self.send(request))
    }
}

/// A peer that speaks just enough HTTP to receive what a test sends.
#[cfg(test)]
pub(crate) mod peer {
    use std::{
        io::{Read as _, Write as _},
        net::{SocketAddr, TcpListener},
        sync::mpsc::{Receiver, channel},
    };

    /// One request as it came.
    #[derive(Debug)]
    pub(crate) struct Received {
        pub(crate) head: String,
        pub(crate) body: Vec<u8>,
    }

    /// Listens, answers 200, and hands each request on.
    pub(crate) fn listen() -> (SocketAddr, Receiver<Received>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let sender = sender.clone();
                std::thread::spawn(move || {
                    let mut bytes = Vec::new();
                    loop {
                        let mut chunk = [0; 4096];
                        let Ok(length @ 1..) = stream.read(&mut chunk) else { return };
                        bytes.extend_from_slice(&chunk[..length]);
                        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
                        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
                        let length = head
                            .split("content-length: ")
                            .nth(1)
                            .map_or(0, |rest| rest.lines().next().unwrap().trim().parse::<usize>().unwrap());
                        if bytes.len() < end + 4 + length {
                            continue;
                        }
                        let body = bytes.drain(..end + 4 + length).skip(end + 4).collect();
                        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
                        sender.send(Received { head, body }).unwrap();
                    }
                });
            }
        });
        (address, receiver)
    }
}
