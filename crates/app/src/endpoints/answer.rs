//! What an endpoint's answer means.

use jiff::{SignedDuration, Timestamp};

use crate::ports::{Delivery, Reply, Unanswered, Verdict};

/// How much of an answer is kept for staff, in characters.
const EXCERPT: usize = 300;

/// What follows from an answer, or from none.
///
/// 2xx is heard; 410 is never again; 429, 502, 503 and 504 say that nobody is there for anything; whatever
/// else there is concerns this message, and others go on.
pub(super) fn judged(answered: Result<Reply, Unanswered>, now: Timestamp) -> Delivery {
    let reply = match answered {
        Ok(reply) => reply,
        Err(Unanswered(why)) => {
            return Delivery {
                verdict: Verdict::Unreachable(None),
                status: None,
                answer: None,
                error: Some(why),
            };
        }
    };
    let asked = reply.retry_after.as_deref().and_then(|text| pause(text, now));
    let (verdict, error) = match reply.status {
        200..=299 => (Verdict::Delivered, None),
        410 => (Verdict::Gone, Some("адрес ответил 410: больше не присылать".to_owned())),
        status @ (429 | 502..=504) => {
            (Verdict::Unreachable(asked), Some(format!("адрес ответил {status}: сейчас не принимает")))
        }
        status @ 300..=399 => (
            Verdict::RetryAfter(asked),
            Some(format!("адрес ответил {status}: переадресации не выполняются, укажите новый адрес")),
        ),
        status => (Verdict::RetryAfter(asked), Some(format!("адрес ответил {status}"))),
    };
    Delivery { verdict, status: Some(reply.status), answer: excerpt(&reply.body), error }
}

/// The beginning of an answer, on one line; nothing of an empty one.
fn excerpt(body: &str) -> Option<String> {
    let line: String = body.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    let text: String = line.trim().chars().take(EXCERPT).collect();
    (!text.is_empty()).then_some(text)
}

/// `Retry-After`: a number of seconds, or a date.
fn pause(text: &str, now: Timestamp) -> Option<SignedDuration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(SignedDuration::from_secs(i64::from(seconds)));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(at.duration_since(now).max(SignedDuration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-01-31T10:00:00Z".parse().expect("valid")
    }

    fn verdict(status: u16, retry_after: Option<&str>) -> Verdict {
        let reply = Reply { status, retry_after: retry_after.map(str::to_owned), body: String::new() };
        judged(Ok(reply), now()).verdict
    }

    #[test]
    fn each_status_has_its_meaning() {
        for status in [200, 201, 204, 299] {
            assert_eq!(verdict(status, None), Verdict::Delivered, "{status}");
        }
        assert_eq!(verdict(410, None), Verdict::Gone);
        for status in [429, 502, 503, 504] {
            assert_eq!(verdict(status, None), Verdict::Unreachable(None), "{status}");
        }
        for status in [100, 301, 307, 400, 401, 404, 409, 413, 500, 501, 505, 599] {
            assert_eq!(verdict(status, None), Verdict::RetryAfter(None), "{status}");
        }
        let silent = judged(Err(Unanswered("тишина".into())), now());
        assert_eq!((silent.verdict, silent.error), (Verdict::Unreachable(None), Some("тишина".into())));
    }

    #[test]
    fn a_pause_is_seconds_or_a_date() {
        let minutes = |count| Verdict::Unreachable(Some(SignedDuration::from_mins(count)));
        assert_eq!(verdict(429, Some("120")), minutes(2));
        assert_eq!(verdict(503, Some("Sat, 31 Jan 2026 10:05:00 GMT")), minutes(5));
        assert_eq!(verdict(503, Some("Sat, 31 Jan 2026 09:00:00 GMT")), minutes(0), "in the past");
        for nonsense in ["", "soon", "-5", "1.5", "99999999999999999999"] {
            assert_eq!(verdict(429, Some(nonsense)), Verdict::Unreachable(None), "{nonsense}");
        }
    }

    #[test]
    fn an_answer_is_kept_short_and_on_one_line() {
        let kept = |body: &str| excerpt(body);
        assert_eq!(kept(" \r\n"), None);
        assert_eq!(kept("a\nb\u{1b}[0m"), Some("a b [0m".to_owned()));
        assert_eq!(kept(&"ё".repeat(1_000)).map(|text| text.chars().count()), Some(EXCERPT));
    }
}
