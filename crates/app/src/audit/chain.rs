//! Proof that the trail was not rewritten: every line holds the hash of the line before, and the hash
//! of the last line, kept elsewhere, holds all of them.
//!
//! Without such a head a rewrite of the trail's end, hashes and all, cannot be told from the truth.

use std::fmt;

use domain::lang::Text;
use domain::text;
use jiff::Timestamp;
use serde::Serialize;
use store::StoreError;
use store::audit::Line;

use super::hash;
use crate::App;

/// The end of the trail at some time, to be kept where nobody who can change the database can change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The number of the line.
    pub seq: i64,
    /// When it was written.
    pub at: Timestamp,
    /// Its hash, in hexadecimal digits.
    pub hash: String,
}

/// `1042 2026-01-10T09:00:00Z 9f86d0…`: one line of a file of heads.
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.seq, self.at, self.hash)
    }
}

/// Why a text is no head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a head of the trail: it reads `number instant hash`, as `nanorem audit head` writes it"
)]
pub struct HeadError(String);

impl From<&HeadError> for Text {
    fn from(error: &HeadError) -> Self {
        let ru = format!(
            "{:?} — не голова журнала: нужны номер, время и хеш, как их пишет nanorem audit head",
            error.0
        );
        Self::new(ru, error.to_string())
    }
}

impl Head {
    /// Reads what [`Head`] writes.
    pub fn parse(text: &str) -> Result<Self, HeadError> {
        let refused = || HeadError(text.chars().take(120).collect());
        let mut words = text.split_whitespace();
        let (Some(seq), Some(at), Some(hash), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(refused());
        };
        if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refused());
        }
        Ok(Self {
            seq: seq.parse().ok().filter(|seq| *seq > 0).ok_or_else(refused)?,
            at: at.parse().map_err(|_| refused())?,
            hash: hash.to_ascii_lowercase(),
        })
    }
}

impl From<&Line> for Head {
    fn from(line: &Line) -> Self {
        Self { seq: line.seq, at: line.at, hash: hex::encode(line.hash) }
    }
}

/// What the proof found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// How many lines there are.
    pub lines: u64,
    /// What is wrong, in the sequence of the trail; nothing if it stands.
    pub broken: Vec<Broken>,
}

/// Something wrong with the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Broken {
    /// A line is missing, or stands twice, before this one.
    Gap {
        /// The number that should stand here.
        expected: i64,
        /// The number that does.
        seq: i64,
    },
    /// The line was changed after it was written.
    Changed {
        /// Which.
        seq: i64,
    },
    /// The line does not follow the one before: that one was written anew.
    Loose {
        /// Which.
        seq: i64,
    },
    /// The trail does not hold a head that was kept: its end was cut off or written anew.
    LostHead {
        /// Its number.
        seq: i64,
    },
}

impl From<&Broken> for Text {
    fn from(broken: &Broken) -> Self {
        match broken {
            Broken::Gap { expected, seq } => {
                text!("вместо записи {} стоит {}", "line {} should stand where {} does", expected, seq)
            }
            Broken::Changed { seq } => {
                text!(
                    "запись {} изменена после того, как была сделана",
                    "line {} was changed after it was written",
                    seq
                )
            }
            Broken::Loose { seq } => {
                text!("запись {} не продолжает предыдущую", "line {} does not follow the one before", seq)
            }
            Broken::LostHead { seq } => text!(
                "вынесенной головы {} в журнале нет: конец отрезан или переписан",
                "the trail does not hold the kept head {}: its end was cut off or written anew",
                seq
            ),
        }
    }
}

/// How many lines are looked at in one go.
const PAGE: u32 = 1_000;

/// Walks the whole trail, and looks for every head that was kept.
pub async fn verify(app: &App, heads: &[Head]) -> Result<Proof, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let mut proof = Proof { lines: 0, broken: Vec::new() };
    let (mut seq, mut previous) = (0, [0; 32]);
    loop {
        let lines = store::audit::after(&mut tx, seq, PAGE).await?;
        let Some(last) = lines.last() else { break };
        let end = last.seq;
        for line in &lines {
            if line.seq != seq + 1 {
                proof.broken.push(Broken::Gap { expected: seq + 1, seq: line.seq });
            } else if line.previous_hash != previous {
                proof.broken.push(Broken::Loose { seq: line.seq });
            }
            if hash(line) != line.hash {
                proof.broken.push(Broken::Changed { seq: line.seq });
            }
            for head in heads.iter().filter(|head| head.seq == line.seq) {
                if *head != Head::from(line) {
                    proof.broken.push(Broken::LostHead { seq: head.seq });
                }
            }
            (seq, previous) = (line.seq, line.hash);
            proof.lines += 1;
        }
        seq = end;
    }
    let lost = heads.iter().filter(|head| head.seq > seq).map(|head| Broken::LostHead { seq: head.seq });
    proof.broken.extend(lost);
    Ok(proof)
}

/// The end of the trail now; `None` if nothing was done yet.
pub async fn head(app: &App) -> Result<Option<Head>, StoreError> {
    let last = store::audit::last(&mut app.store.begin_read().await?).await?;
    Ok(last.as_ref().map(Head::from))
}

/// Which lines of the trail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only what this actor did.
    pub actor: Option<String>,
    /// Only what was done to this.
    pub entity: Option<String>,
    /// Only lines before this number.
    pub before: Option<i64>,
}

/// Lines of the trail, the newest first, at most so many.
pub async fn lines(app: &App, wanted: &Wanted, most: u32) -> Result<Vec<Line>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let before = wanted.before.unwrap_or(i64::MAX);
    store::audit::filtered(&mut tx, wanted.actor.as_deref(), wanted.entity.as_deref(), before, most).await
}

/// The last lines, the newest first.
pub async fn latest(app: &App, most: u32) -> Result<Vec<Line>, StoreError> {
    store::audit::latest(&mut app.store.begin_read().await?, most).await
}
