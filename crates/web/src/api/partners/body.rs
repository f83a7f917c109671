//! Partners as the API shows them.

use app::people::{Card, Listed};
use domain::ledger::Balance;
use domain::partner::{Email, Partner, Phone};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::words::{Amount, CURRENCY, Instant};

/// A partner of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Partner)]
pub(super) struct PartnerBody {
    /// The code people see.
    #[schema(example = "NR00042")]
    code: String,
    /// First name.
    #[schema(example = "Иван")]
    first_name: String,
    /// Last name.
    #[schema(example = "Петров")]
    last_name: String,
    /// His phone, if it is known; masked where `contacts_masked` says so.
    #[schema(example = "+7900***67")]
    phone: Option<String>,
    /// His e-mail, if it is known; masked where `contacts_masked` says so.
    #[schema(example = "i***@m***.ru")]
    email: Option<String>,
    /// Whether phone and e-mail are masked.
    contacts_masked: bool,
    /// The code of his sponsor now; `null` of a founder.
    #[schema(example = "NR00001")]
    sponsor: Option<String>,
    /// The code of the one who invited him; never changes.
    #[schema(example = "NR00001")]
    inviter: Option<String>,
    /// When he joined.
    joined_at: Instant,
    /// Whether he is active now.
    active: bool,
    /// Until when, without a gap from now.
    active_until: Option<Instant>,
    /// His rank now, as the plan names it.
    rank: Option<String>,
    /// Whether his earnings are on hold.
    on_hold: bool,
}

/// A partner's card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartnerCard)]
pub(super) struct CardBody {
    #[serde(flatten)]
    partner: PartnerBody,
    /// The code of his invitation link.
    #[schema(example = "ABCDEFGH")]
    referral_code: String,
    /// How many of those he personally invited are active.
    active_invited: u32,
    /// What he has.
    balance: BalanceBody,
}

/// What a partner has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Balance)]
pub(in crate::api) struct BalanceBody {
    /// Everything credited less everything debited; below zero it is a debt.
    total: Amount,
    /// What may be paid out now.
    available: Amount,
    /// What becomes available later.
    on_hold: Amount,
    /// The currency of the amounts.
    #[schema(example = "RUB")]
    currency: &'static str,
}

impl From<Balance> for BalanceBody {
    fn from(balance: Balance) -> Self {
        Self {
            total: balance.total.into(),
            available: balance.available.into(),
            on_hold: balance.on_hold().into(),
            currency: CURRENCY,
        }
    }
}

impl PartnerBody {
    pub(super) fn of(listed: &Listed, shows_contacts: bool) -> Self {
        let Partner { code, name, phone, email, joined_at, .. } = &listed.partner;
        Self {
            code: code.to_string(),
            first_name: name.first.to_string(),
            last_name: name.last.to_string(),
            phone: phone
                .as_ref()
                .map(|phone| if shows_contacts { phone.to_string() } else { Phone::masked(phone) }),
            email: email
                .as_ref()
                .map(|email| if shows_contacts { email.to_string() } else { Email::masked(email) }),
            contacts_masked: !shows_contacts,
            sponsor: listed.sponsor.as_ref().map(ToString::to_string),
            inviter: listed.inviter.as_ref().map(ToString::to_string),
            joined_at: (*joined_at).into(),
            active: listed.active_until.is_some(),
            active_until: listed.active_until.map(Instant),
            rank: listed.rank.clone(),
            on_hold: listed.on_hold,
        }
    }
}

impl CardBody {
    pub(super) fn of(card: &Card, shows_contacts: bool) -> Self {
        let listed = Listed {
            partner: card.partner.clone(),
            sponsor: card.sponsor_code.clone(),
            inviter: card.inviter_code.clone(),
            active_until: card.active_until,
            rank: card.rank.clone(),
            on_hold: card.on_hold,
        };
        Self {
            partner: PartnerBody::of(&listed, shows_contacts),
            referral_code: card.partner.referral_code.to_string(),
            active_invited: card.active_invited,
            balance: card.balance.into(),
        }
    }
}
