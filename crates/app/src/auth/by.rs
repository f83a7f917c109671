//! On whose authority rights are given and taken.

use domain::access::{Caller, Role};
use domain::actor::Actor;
use domain::ids::UserId;

/// On whose authority users are made and changed.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// Whoever runs the server, at its command line: he could change the database itself.
    Operator(&'a Actor),
    /// A signed-in person, who gave his password just now.
    Caller(&'a Caller),
}

impl By<'_> {
    pub(crate) const fn actor(&self) -> &Actor {
        match self {
            Self::Operator(actor) => actor,
            Self::Caller(caller) => &caller.actor,
        }
    }

    pub(crate) const fn role(&self) -> Role {
        match self {
            Self::Operator(_) => Role::Owner,
            Self::Caller(caller) => caller.role,
        }
    }

    pub(crate) const fn is(&self, user: UserId) -> bool {
        match self {
            Self::Operator(_) => false,
            Self::Caller(caller) => caller.user.uuid().as_u128() == user.uuid().as_u128(),
        }
    }
}
