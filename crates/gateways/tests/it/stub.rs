//! A server that answers with prepared bytes, and a book of names that says what it is told to.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gateways::outward::{Looking, Lookup};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server on loopback; every connection gets the same bytes, then is closed or kept silent.
pub(crate) struct Stub {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<u8>>>,
}

/// What follows the prepared bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    Close,
    Silence,
    /// More bytes for as long as somebody reads.
    More,
}

impl Stub {
    pub(crate) async fn answering(bytes: &str, then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        let (connections, heard) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<Vec<u8>>>::default());
        let (count, ears, bytes) = (Arc::clone(&connections), Arc::clone(&heard), bytes.to_owned());
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mut request = vec![0; 16 * 1024];
                let read = socket.read(&mut request).await.unwrap_or(0);
                ears.lock().expect("not poisoned").extend(request.iter().take(read));
                let mut goes_on = socket.write_all(bytes.as_bytes()).await.is_ok();
                match then {
                    Then::Close => {}
                    Then::Silence => drop(socket.read(&mut request).await),
                    Then::More => {
                        while goes_on {
                            goes_on = socket.write_all(&[b'x'; 8192]).await.is_ok();
                        }
                    }
                }
            }
        });
        Self { address, connections, heard }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn heard(&self) -> String {
        String::from_utf8(self.heard.lock().expect("not poisoned").clone()).expect("plain text")
    }
}

/// A book of names that gives the prepared answers in turn, the last for ever, and counts the questions.
#[derive(Clone, Default)]
pub(crate) struct Names {
    answers: Arc<Mutex<VecDeque<Vec<IpAddr>>>>,
    asked: Arc<AtomicUsize>,
}

impl Names {
    pub(crate) fn saying(answers: &[&[&str]]) -> Self {
        let parsed = |list: &&[&str]| list.iter().map(|text| text.parse().expect("an address")).collect();
        Self { answers: Arc::new(Mutex::new(answers.iter().map(parsed).collect())), asked: Arc::default() }
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Lookup for Names {
    fn lookup(&self, _: String) -> Looking {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().expect("not poisoned");
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move { answer.ok_or_else(|| io::Error::other("no such name")) })
    }
}
