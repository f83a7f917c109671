//! Somebody else's server: it answers as a test tells it to, and remembers what it heard.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use app::endpoints::{Courier, NewEndpoint, NewSecret};
use app::outbox::{Channel, Couriers};
use app::ports::{Doing, Message, Post, Reply, Unanswered};
use app::sealed::Sealer;
use domain::notice::Topics;
use domain::outward::{OutwardRules, OutwardUrl};

use crate::backend::TestApp;
use crate::company::staff;

type Answering = dyn FnMut(&Message) -> Result<Reply, Unanswered> + Send;

/// A server at every address.
#[derive(Clone)]
pub struct FakeEndpoint {
    answering: Arc<Mutex<Box<Answering>>>,
    heard: Arc<Mutex<Vec<Message>>>,
}

impl Default for FakeEndpoint {
    fn default() -> Self {
        Self::answering(|_| Ok(Self::status(200)))
    }
}

impl FakeEndpoint {
    /// One that answers so.
    pub fn answering(answer: impl FnMut(&Message) -> Result<Reply, Unanswered> + Send + 'static) -> Self {
        Self { answering: Arc::new(Mutex::new(Box::new(answer))), heard: Arc::default() }
    }

    /// An answer with a status and nothing more.
    pub fn status(status: u16) -> Reply {
        Reply { status, ..Reply::default() }
    }

    /// Answers otherwise from now on.
    pub fn answers(&self, answer: impl FnMut(&Message) -> Result<Reply, Unanswered> + Send + 'static) {
        *self.answering.lock().expect("no test panics while it answers") = Box::new(answer);
    }

    /// Everything it heard, in the order in which it came.
    pub fn heard(&self) -> Vec<Message> {
        self.heard.lock().expect("no test panics while it listens").clone()
    }

    /// The ids of what it heard, with how often each came.
    pub fn ids(&self) -> BTreeMap<String, usize> {
        let mut ids = BTreeMap::new();
        for message in self.heard() {
            *ids.entry(header(&message, "webhook-id")).or_default() += 1;
        }
        ids
    }

    /// The types of what it heard.
    pub fn types(&self) -> Vec<String> {
        let kind = |message: &Message| {
            let body: serde_json::Value = serde_json::from_str(&message.body).expect("bodies are JSON");
            body.get("type").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned()
        };
        self.heard().iter().map(kind).collect()
    }

    /// Those who carry to it.
    pub fn couriers(&self, test: &TestApp) -> Couriers {
        let courier = Courier::new(test.app.clone(), Arc::new(self.clone()), OutwardRules::default());
        Couriers::default().with(Channel::Webhook, Arc::new(courier))
    }
}

/// A header of a message.
pub fn header(message: &Message, name: &str) -> String {
    message
        .headers
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.clone())
        .unwrap_or_default()
}

impl Post for FakeEndpoint {
    fn post(&self, message: Message) -> Doing<'_, Result<Reply, Unanswered>> {
        Box::pin(async move {
            self.heard.lock().expect("no test panics while it listens").push(message.clone());
            let mut answering = self.answering.lock().expect("no test panics while it answers");
            answering(&message)
        })
    }
}

impl TestApp {
    /// The same database under an app that has no key for secrets.
    #[must_use]
    pub fn without_a_key(&self) -> Self {
        let app = app::App::new(self.app.store.clone(), self.clock.clone(), [3; 32]);
        Self { app, clock: self.clock.clone(), url: self.url.clone() }
    }

    /// The same app with a key for secrets.
    #[must_use]
    pub fn sealing(self) -> Self {
        const KEY: &str = "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC0=";
        let sealer = Sealer::parse([KEY]).expect("the test's key is right");
        Self { app: self.app.clone().sealing_with(sealer), ..self }
    }

    /// Adds an endpoint `https://NAME.example.com/in` that wants to be told some kinds of events.
    pub async fn endpoint(&self, name: &str, topics: &str) -> NewSecret {
        let rules = OutwardRules::default();
        let wanted = NewEndpoint {
            url: OutwardUrl::parse_given(&format!("https://{name}.example.com/in"), &rules)
                .expect("tests write valid names"),
            description: name.to_owned(),
            topics: Topics::parse(topics).expect("tests name kinds that exist"),
        };
        let added = app::endpoints::add(&self.app, &staff("owner"), &wanted).await;
        added.expect("the endpoint can be added").1
    }

    /// Carries everything that is due to an endpoint; gives how many parcels.
    pub async fn deliver(&self, endpoint: &FakeEndpoint) -> usize {
        let carried = app::outbox::deliver_due(&self.app, &endpoint.couriers(self)).await;
        carried.expect("the parcels can be carried")
    }
}
