//! A crew of clients that works a queue of webhooks off, each on a connection of its own.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hyper::StatusCode;
use tokio::task::JoinSet;

use crate::client::Client;
use crate::shop::Message;

/// How often a message is sent again when it is told to wait or the connection breaks.
const MOST_TRIES: u32 = 200;
/// How long one waits before that.
const PAUSE: Duration = Duration::from_millis(50);

/// Messages that are sent one after the other on one connection.
pub type Parcel = Vec<Arc<Message>>;

/// What became of a queue.
#[derive(Debug, Default)]
pub struct Tally {
    /// Answered with 200.
    pub acknowledged: Vec<Arc<Message>>,
    /// Sent, but not answered with 200: whether they are stored is not known.
    pub unanswered: Vec<Arc<Message>>,
    /// Never sent.
    pub unsent: Vec<Arc<Message>>,
    /// How often a 429 or 503 asked to come again.
    pub asked_to_wait: usize,
    /// Answers that no message of a sound shop may get.
    pub refused: Vec<String>,
}

/// A crew at work.
#[derive(Debug)]
pub struct Crew {
    shared: Arc<Shared>,
    clients: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<VecDeque<Parcel>>,
    tally: Mutex<Tally>,
    acknowledged: AtomicUsize,
    stopped: AtomicBool,
}

/// What a client does next.
enum Next {
    Forward,
    Again,
    Leave,
}

impl Crew {
    /// Sends so many clients to a server.
    pub fn start(address: SocketAddr, clients: usize, queue: VecDeque<Parcel>) -> Self {
        let shared = Arc::new(Shared {
            queue: Mutex::new(queue),
            tally: Mutex::default(),
            acknowledged: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let mut set = JoinSet::new();
        for _ in 0..clients {
            set.spawn(work(shared.clone(), Client::new(address)));
        }
        Self { shared, clients: set }
    }

    /// Waits until so many messages are acknowledged, the queue is worked off, or the time is up.
    pub async fn until(&self, acknowledged: usize, longest: Duration) {
        let begun = Instant::now();
        while self.shared.acknowledged.load(Ordering::SeqCst) < acknowledged
            && self.is_busy()
            && begun.elapsed() < longest
        {
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
    }

    fn is_busy(&self) -> bool {
        !lock(&self.shared.queue).is_empty()
    }

    /// Tells everybody to put down what is not acknowledged: the server is killed.
    pub fn stop(&self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
    }

    /// Waits for everybody and gives what became of the queue.
    pub async fn join(mut self) -> Tally {
        while let Some(ended) = self.clients.join_next().await {
            if let Err(error) = ended {
                lock(&self.shared.tally).refused.push(format!("a client ended badly: {error}"));
            }
        }
        let mut tally = std::mem::take(&mut *lock(&self.shared.tally));
        tally.unsent.extend(lock(&self.shared.queue).drain(..).flatten());
        tally
    }
}

async fn work(shared: Arc<Shared>, mut client: Client) {
    loop {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        let Some(parcel) = lock(&shared.queue).pop_front() else {
            return;
        };
        let mut rest = parcel.into_iter();
        while let Some(message) = rest.next() {
            if !deliver(&shared, &mut client, message).await {
                lock(&shared.tally).unsent.extend(rest.by_ref());
            }
        }
    }
}

/// Sends one message until it is acknowledged. Gives whether it was.
async fn deliver(shared: &Shared, client: &mut Client, message: Arc<Message>) -> bool {
    for _ in 0..MOST_TRIES {
        match send(shared, client, &message).await {
            Next::Forward => {
                shared.acknowledged.fetch_add(1, Ordering::SeqCst);
                lock(&shared.tally).acknowledged.push(message);
                return true;
            }
            Next::Leave => break,
            Next::Again => tokio::time::sleep(PAUSE).await,
        }
        if shared.stopped.load(Ordering::SeqCst) {
            break;
        }
    }
    lock(&shared.tally).unanswered.push(message);
    false
}

async fn send(shared: &Shared, client: &mut Client, message: &Message) -> Next {
    let Ok(answer) = client.post(message).await else {
        return Next::Again;
    };
    match answer.status {
        StatusCode::OK => Next::Forward,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            lock(&shared.tally).asked_to_wait += 1;
            Next::Again
        }
        status => {
            lock(&shared.tally).refused.push(format!("{}: {status} {}", message.id, answer.body));
            Next::Leave
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One parcel for each message: any order will do.
pub fn singly(messages: impl IntoIterator<Item = Arc<Message>>) -> VecDeque<Parcel> {
    messages.into_iter().map(|message| vec![message]).collect()
}

/// One parcel for each key, its messages in their order.
pub fn in_order(
    messages: impl IntoIterator<Item = Arc<Message>>,
    key: impl Fn(&Message) -> String,
) -> VecDeque<Parcel> {
    let mut parcels: BTreeMap<String, Parcel> = BTreeMap::new();
    for message in messages {
        parcels.entry(key(&message)).or_default().push(message);
    }
    parcels.into_values().collect()
}
