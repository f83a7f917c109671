//! One keep-alive connection that posts signed webhooks.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use domain::webhook::Secret;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::shop::{Message, SECRET};

/// Longer than the server may take for a request.
const LONGEST: Duration = Duration::from_secs(40);

/// A connection, opened when it is first needed and again after it broke.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    secret: Secret,
    sender: Option<SendRequest<Full<Bytes>>>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body; short, for people.
    pub body: String,
}

impl Client {
    /// A client of the server at a loopback address.
    pub fn new(address: SocketAddr) -> Self {
        assert!(address.ip().is_loopback(), "only this machine is called");
        Self { address, secret: Secret::parse(SECRET).expect("the constant is a secret"), sender: None }
    }

    /// Posts a webhook, signed now.
    ///
    /// # Errors
    /// The connection could not be opened or broke: whether the message is stored is not known.
    pub async fn post(&mut self, message: &Message) -> anyhow::Result<Answer> {
        let now = now();
        let request = Request::post("/hooks/shop")
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", now.as_second())
            .header("webhook-signature", self.secret.sign(&message.id, now, &message.body))
            .body(Full::new(message.body.clone()))?;
        self.send(request).await
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        let request = Request::get(path).header(HOST, self.address.to_string()).body(Full::default())?;
        self.send(request).await
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> anyhow::Result<Answer> {
        // Taken out, so that a connection that broke or was given up half-way is never used again.
        let mut sender = match self.sender.take().filter(|sender| !sender.is_closed()) {
            Some(sender) => sender,
            None => timeout(LONGEST, connect(self.address)).await.context("no connection in time")??,
        };
        let exchange = async {
            sender.ready().await?;
            let response = sender.send_request(request).await?;
            let status = response.status();
            let body = response.into_body().collect().await?.to_bytes();
            Ok::<_, hyper::Error>(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
        };
        let answer = timeout(LONGEST, exchange).await.context("no answer in time")??;
        self.sender = Some(sender);
        Ok(answer)
    }
}

async fn connect(address: SocketAddr) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the sender; how it ends, the sender is told.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

#[expect(clippy::disallowed_methods, reason = "the server refuses signatures of another time than its own")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
