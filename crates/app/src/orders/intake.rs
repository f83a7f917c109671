//! Lets webhooks that arrive together share one transaction.

use std::time::Duration;

use domain::webhook::VerifiedBody;
use tokio::sync::{mpsc, oneshot};

use super::{Received, receive};
use crate::App;

/// The most webhooks that share a transaction.
const MOST_TOGETHER: usize = 256;
/// The most webhooks that wait; one more is told to come again.
const MOST_WAITING: usize = 4_096;

/// How long the first of them waits for others: less than a commit takes, so that clients who send one
/// after the other share one instead of taking turns.
const GATHER: Duration = Duration::from_millis(1);

type Waiting = (VerifiedBody, oneshot::Sender<Result<Received, IntakeError>>);

/// Where webhooks are handed in.
#[derive(Debug, Clone)]
pub struct Intake(mpsc::Sender<Waiting>);

/// Why a webhook is not taken now. The shop sends it again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// Too many wait already.
    #[error("too many webhooks are waiting")]
    Full,
    /// The database did not take it.
    #[error("the webhook could not be stored: {0}")]
    Store(String),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopping,
}

impl Intake {
    /// Starts the task that takes webhooks in. It ends when every `Intake` is gone and what was handed
    /// in is answered; the handle tells when.
    pub fn start(app: App) -> (Self, tokio::task::JoinHandle<()>) {
        let (sender, mut receiver) = mpsc::channel::<Waiting>(MOST_WAITING);
        let task = tokio::spawn(async move {
            let mut waiting = Vec::with_capacity(MOST_TOGETHER);
            while receiver.recv_many(&mut waiting, MOST_TOGETHER).await > 0 {
                // Those who were just answered are about to send the next one.
                tokio::time::sleep(GATHER).await;
                while waiting.len() < MOST_TOGETHER
                    && let Ok(more) = receiver.try_recv()
                {
                    waiting.push(more);
                }
                answer(&app, std::mem::take(&mut waiting)).await;
            }
        });
        (Self(sender), task)
    }

    /// Hands a webhook in and waits until it is stored.
    pub async fn submit(&self, body: VerifiedBody) -> Result<Received, IntakeError> {
        let (sender, receiver) = oneshot::channel();
        self.0.try_send((body, sender)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => IntakeError::Full,
            mpsc::error::TrySendError::Closed(_) => IntakeError::Stopping,
        })?;
        receiver.await.map_err(|_| IntakeError::Stopping)?
    }
}

async fn answer(app: &App, waiting: Vec<Waiting>) {
    let (bodies, senders): (Vec<VerifiedBody>, Vec<_>) = waiting.into_iter().unzip();
    match receive(app, &bodies).await {
        Ok(answers) => {
            for (sender, answer) in senders.into_iter().zip(answers) {
                // One who waits no longer has hung up; what he sent is stored all the same.
                drop(sender.send(Ok(answer)));
            }
        }
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                webhooks = bodies.len(),
                "could not store webhooks"
            );
            for sender in senders {
                drop(sender.send(Err(IntakeError::Store(error.to_string()))));
            }
        }
    }
}
