//! Who may do what: roles, and permissions named one by one.
//!
//! A role is nothing but a list of permissions; every verb asks for one of them by name. What a
//! permission reaches is said by its kind: permissions of the office reach everybody, `own.*` reach the
//! partner himself and, where the name says so, his downline.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::ids::{PartnerId, SessionId, TokenId, UserId};
use crate::lang::Text;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $error:ident: $russian:literal, $english:literal;
     $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// All of them, in the order in which they are listed to people.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable word for programs, tables and tokens.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            /// Reads the word.
            pub fn parse(text: &str) -> Result<Self, $error> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|one| one.as_str() == text)
                    .ok_or_else(|| $error(text.chars().take(40).collect()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        #[doc = concat!("Why a text is no ", stringify!($name), ".")]
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error("{0:?} is not a {english}: use one of {known}", english = $english, known = known($name::ALL.iter()))]
        pub struct $error(String);

        impl From<$error> for Text {
            fn from(error: $error) -> Self {
                let known = known($name::ALL.iter());
                Self::of(&error, format!("{:?} — не {}; есть: {known}", error.0, $russian))
            }
        }
    };
}

fn known<T: fmt::Display>(words: impl Iterator<Item = T>) -> String {
    words.map(|word| word.to_string()).collect::<Vec<_>>().join(", ")
}

words! {
    /// What a user is to the company.
    Role, RoleError: "роль", "role";
    /// Owns the company: everything.
    Owner = "owner",
    /// Runs the office: all but sending payouts, which the accountant does, and what is the owner's or the
    /// shop's own.
    Admin = "admin",
    /// Pays out and closes periods.
    Accountant = "accountant",
    /// Answers partners' questions; sees contacts masked.
    Support = "support",
    /// A partner, for himself.
    Partner = "partner",
    /// Registered, not yet a partner.
    User = "user",
    /// The shop's own program; it comes with a token only.
    Shop = "shop",
}

words! {
    /// One thing that may be allowed.
    Permission, PermissionError: "разрешение", "permission";
    /// Cards of all partners and the whole network; contacts masked.
    PartnersRead = "partners.read",
    /// Phones and e-mail addresses of partners in full.
    PartnersContacts = "partners.contacts",
    /// Enrol, move under another sponsor, block and unblock, take activity fees.
    PartnersWrite = "partners.write",
    /// Orders of everybody, with the walk of each.
    OrdersRead = "orders.read",
    /// Enter, refund and cancel an order by hand.
    OrdersWrite = "orders.write",
    /// Accruals and statements of everybody.
    AccrualsRead = "accruals.read",
    /// Payouts of everybody.
    PayoutsRead = "payouts.read",
    /// Ask for a payout for a partner.
    PayoutsRequest = "payouts.request",
    /// Approve and reject payouts that another person asked for.
    PayoutsApprove = "payouts.approve",
    /// Mark payouts as sent, settled or failed.
    PayoutsSend = "payouts.send",
    /// Read plans, check and try them, compare them over the history.
    PlansRead = "plans.read",
    /// Propose and approve which plan is in force from when.
    PlansActivate = "plans.activate",
    /// The catalogue with costs and volumes.
    ProductsRead = "products.read",
    /// Change products and their prices, run the shop's sync.
    ProductsWrite = "products.write",
    /// Periods, previews and standings.
    PeriodsRead = "periods.read",
    /// Qualify and close periods.
    PeriodsClose = "periods.close",
    /// Reports over the whole company, the ledger among them.
    ReportsRead = "reports.read",
    /// Correct a partner's balance by hand, with a reason.
    AdjustmentsMake = "adjustments.make",
    /// The audit trail.
    AuditRead = "audit.read",
    /// Who may sign in.
    UsersRead = "users.read",
    /// Invite and block staff, change roles, end sessions of others.
    UsersManage = "users.manage",
    /// Tokens of everybody; each user reads and revokes his own without it.
    TokensManage = "tokens.manage",
    /// Background jobs and what they failed over.
    JobsRead = "jobs.read",
    /// Run a dead job again.
    JobsRevive = "jobs.revive",
    /// What the shop's webhooks brought, refused ones too.
    WebhooksRead = "webhooks.read",
    /// Where the company's own systems are told of events.
    EndpointsManage = "endpoints.manage",
    /// One's own card, orders, accruals, statements and payouts.
    OwnRead = "own.read",
    /// Names, levels and counts of one's own downline.
    OwnNetwork = "own.network",
    /// Ask for a payout of one's own money.
    OwnPayouts = "own.payouts",
    /// The catalogue as customers see it: names and prices.
    CatalogueRead = "catalogue.read",
    /// The state of the orders that one's own shop reported.
    ShopOrders = "shop.orders",
}

impl Role {
    /// What the role allows.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Owner => Permission::ALL,
            Self::Admin => &[
                P::PartnersRead,
                P::PartnersContacts,
                P::PartnersWrite,
                P::OrdersRead,
                P::OrdersWrite,
                P::AccrualsRead,
                P::PayoutsRead,
                P::PayoutsRequest,
                P::PayoutsApprove,
                P::PlansRead,
                P::PlansActivate,
                P::ProductsRead,
                P::ProductsWrite,
                P::PeriodsRead,
                P::PeriodsClose,
                P::ReportsRead,
                P::AdjustmentsMake,
                P::AuditRead,
                P::UsersRead,
                P::UsersManage,
                P::TokensManage,
                P::JobsRead,
                P::JobsRevive,
                P::WebhooksRead,
                P::EndpointsManage,
                P::CatalogueRead,
            ],
            Self::Accountant => &[
                P::PartnersRead,
                P::PartnersContacts,
                P::OrdersRead,
                P::AccrualsRead,
                P::PayoutsRead,
                P::PayoutsRequest,
                P::PayoutsApprove,
                P::PayoutsSend,
                P::PlansRead,
                P::ProductsRead,
                P::PeriodsRead,
                P::PeriodsClose,
                P::ReportsRead,
                P::AdjustmentsMake,
                P::CatalogueRead,
            ],
            Self::Support => &[
                P::PartnersRead,
                P::OrdersRead,
                P::AccrualsRead,
                P::PayoutsRead,
                P::PlansRead,
                P::ProductsRead,
                P::PeriodsRead,
                P::WebhooksRead,
                P::CatalogueRead,
            ],
            Self::Partner => &[P::OwnRead, P::OwnNetwork, P::OwnPayouts, P::CatalogueRead],
            Self::User => &[P::CatalogueRead],
            Self::Shop => &[P::CatalogueRead, P::ShopOrders],
        }
    }

    /// Whether he works for the company, so that a second factor is obligatory.
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Owner | Self::Admin | Self::Accountant | Self::Support)
    }

    /// The name on screens.
    pub fn name(self) -> Text {
        match self {
            Self::Owner => Text::new("владелец", "owner"),
            Self::Admin => Text::new("администратор", "administrator"),
            Self::Accountant => Text::new("бухгалтер", "accountant"),
            Self::Support => Text::new("поддержка", "support"),
            Self::Partner => Text::new("партнёр", "partner"),
            Self::User => Text::new("пользователь", "user"),
            Self::Shop => Text::new("магазин", "shop"),
        }
    }
}

/// By what a caller is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A session in a browser or an app.
    Session {
        /// Which.
        id: SessionId,
        /// When he last gave his password and, if he has one, his second factor.
        authenticated_at: Timestamp,
    },
    /// An API token.
    Token {
        /// Which.
        id: TokenId,
        /// What its maker let it do; never more than his role allows now.
        scopes: Vec<Permission>,
    },
}

/// A user who is known and has passed every factor that his role asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub user: UserId,
    /// What he is now; looked up at every request, so that a change holds at once.
    pub role: Role,
    /// As whom he acts in the audit trail.
    pub actor: Actor,
    /// Which partner he is, if he is one.
    pub partner: Option<PartnerId>,
    /// By what he is known.
    pub via: Via,
}

impl Caller {
    /// Whether he may do it: his role allows it and, where he comes with a token, the token too.
    pub fn may(&self, permission: Permission) -> bool {
        let allowed = self.role.permissions().contains(&permission);
        match &self.via {
            Via::Session { .. } => allowed,
            Via::Token { scopes, .. } => allowed && scopes.contains(&permission),
        }
    }
}
