//! `app`'s door for messages to endpoints, over the one way out.

use app::ports::{Doing, Message, Post, Reply, Unanswered};

use super::{Answer, Outward, OutwardError, Request};

/// How much of an endpoint's answer is read, in bytes: staff see its beginning.
const EXCERPT: usize = 4096;

impl Outward {
    async fn bring(&self, message: Message) -> Result<Answer, OutwardError> {
        let mut request = Request::post(message.to, "application/json", message.body.into_bytes());
        for (name, value) in &message.headers {
            request = match *name {
                "authorization" => request.secret_header(name, value)?,
                _ => request.header(name, value)?,
            };
        }
        self.send(request.at_most(EXCERPT)).await
    }
}

impl Post for Outward {
    fn post(&self, message: Message) -> Doing<'_, Result<Reply, Unanswered>> {
        Box::pin(async {
            let answer = self.bring(message).await.map_err(|error| Unanswered(russian(&error)))?;
            Ok(Reply {
                status: answer.status,
                retry_after: answer.header("retry-after").map(str::to_owned),
                body: String::from_utf8_lossy(&answer.body).into_owned(),
            })
        })
    }
}

/// What went wrong, for staff.
fn russian(error: &OutwardError) -> String {
    match error {
        OutwardError::Setup(_) => "HTTP-клиент не настроен".to_owned(),
        OutwardError::Header(name) => format!("заголовок {name} нельзя передать"),
        OutwardError::NotReachable(host) => {
            format!("у узла {host} нет адреса в публичном интернете: внутрь своей сети не отправляется")
        }
        OutwardError::Timeout(within) => format!("нет ответа за {} с", within.as_secs()),
        OutwardError::Connect(source) => format!("не соединиться: {}", last_cause(source)),
        OutwardError::Keep(_) => "ответ некуда сохранить: нет места для временных файлов".to_owned(),
        OutwardError::Exchange(source) => format!("соединение оборвалось: {}", last_cause(source)),
    }
}

/// The innermost cause: the outer ones say only that there was one.
fn last_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.last().map_or_else(String::new, ToString::to_string)
}
