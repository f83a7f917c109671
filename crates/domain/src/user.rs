//! Who signs in: people of the office, partners, registered users, the shop's program; and their
//! sessions.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::access::Role;
use crate::actor::{Actor, StaffLogin};
use crate::ids::{PartnerId, SessionId, UserId};
use crate::lang::Text;
use crate::partner::{Email, NamePart, PartnerCode, Phone};

/// A person or a program that signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// Internal identity.
    pub id: UserId,
    /// The name in the audit trail; staff and shops have one, others none.
    pub login: Option<StaffLogin>,
    /// What he is.
    pub role: Role,
    /// Whether he may sign in.
    pub state: UserState,
    /// How he is called on screens.
    pub name: NamePart,
    /// By which he signs in, and where he is written to.
    pub email: Option<Email>,
    /// By which he signs in too.
    pub phone: Option<Phone>,
    /// Which partner he is.
    pub partner: Option<PartnerId>,
    /// His linked Telegram account.
    pub telegram: Option<i64>,
    /// When he was invited.
    pub created_at: Timestamp,
}

/// Whether a user may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// He has not chosen a password yet.
    Invited,
    /// He may.
    Active,
    /// He may not; every session and token of his has ended.
    Blocked,
}

impl UserState {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Invited, "invited"), (Self::Active, "active"), (Self::Blocked, "blocked")];

    /// The word in tables and for programs.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(state, _)| *state)
    }

    /// The word on screens.
    pub fn name(self) -> Text {
        match self {
            Self::Invited => Text::new("приглашён", "invited"),
            Self::Active => Text::new("активен", "active"),
            Self::Blocked => Text::new("заблокирован", "blocked"),
        }
    }
}

impl User {
    /// As whom he acts in the audit trail. A partner's code is looked up by whoever asks.
    pub fn actor(&self, partner: Option<PartnerCode>) -> Actor {
        match (self.role, &self.login, partner) {
            (Role::Shop, Some(login), _) => Actor::Shop(login.clone()),
            (role, Some(login), _) if role.is_staff() => Actor::Staff(login.clone()),
            (Role::Partner, _, Some(code)) => Actor::Partner(code),
            _ => Actor::User(self.id),
        }
    }
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The password was right; the second factor is still asked for.
    SecondFactor,
    /// The password was right; staff must set up a second factor before anything else.
    Enrolment,
    /// Every factor was given.
    Full,
}

impl Stage {
    const ALL: [(Self, &'static str); 3] =
        [(Self::SecondFactor, "second_factor"), (Self::Enrolment, "enrolment"), (Self::Full, "full")];

    /// The word in tables and for programs.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(stage, _)| *stage == self).map_or("", |(_, word)| word)
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(stage, _)| *stage)
    }
}

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// A session that is not used for so long has ended.
    pub idle: SignedDuration,
    /// A session ends so long after it began, however much it is used.
    pub absolute: SignedDuration,
}

/// How long a session waits for its second factor.
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// How long a given password counts as just given, for acts that ask for it again.
pub const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// A session of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Internal identity; not what the browser holds.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// How far it has come.
    pub stage: Stage,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When every factor was last given.
    pub authenticated_at: Timestamp,
    /// From what: the browser's own name for itself, shortened.
    pub agent: String,
    /// From where: the address it began at.
    pub address: String,
}

impl Session {
    /// Whether it still lives. An unfinished session has ten minutes.
    pub fn is_alive(&self, lifetime: Lifetime, now: Timestamp) -> bool {
        let age = now.duration_since(self.created_at);
        let rest = now.duration_since(self.last_seen_at);
        match self.stage {
            Stage::SecondFactor | Stage::Enrolment => age < PATIENCE,
            Stage::Full => age < lifetime.absolute && rest < lifetime.idle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(stage: Stage) -> Session {
        let begun: Timestamp = "2026-01-10T09:00:00Z".parse().expect("an instant");
        Session {
            id: SessionId::new(uuid::Uuid::nil()),
            user: UserId::new(uuid::Uuid::nil()),
            stage,
            created_at: begun,
            last_seen_at: begun,
            authenticated_at: begun,
            agent: String::new(),
            address: String::new(),
        }
    }

    fn after(minutes: i64) -> Timestamp {
        session(Stage::Full).created_at + SignedDuration::from_mins(minutes)
    }

    const OFFICE: Lifetime =
        Lifetime { idle: SignedDuration::from_mins(30), absolute: SignedDuration::from_hours(12) };

    #[test]
    fn a_session_ends_when_it_rests_too_long() {
        let session = session(Stage::Full);
        assert!(session.is_alive(OFFICE, after(29)));
        assert!(!session.is_alive(OFFICE, after(30)));
    }

    #[test]
    fn a_session_ends_when_its_time_is_over_however_much_it_is_used() {
        let mut session = session(Stage::Full);
        session.last_seen_at = after(12 * 60 - 1);
        assert!(session.is_alive(OFFICE, after(12 * 60 - 1)));
        session.last_seen_at = after(12 * 60);
        assert!(!session.is_alive(OFFICE, after(12 * 60)));
    }

    #[test]
    fn an_unfinished_session_has_ten_minutes() {
        for stage in [Stage::SecondFactor, Stage::Enrolment] {
            assert!(session(stage).is_alive(OFFICE, after(9)));
            assert!(!session(stage).is_alive(OFFICE, after(10)));
        }
    }
}
