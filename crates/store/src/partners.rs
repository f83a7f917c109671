//! `partners` and their `accounts`.

use domain::activity::Span;
use domain::ids::{FactSeq, PartnerId};
use domain::ledger::partner_account;
use domain::partner::{Email, NamePart, Partner, PartnerCode, PersonName, Phone, ReferralCode};
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{instant, micros, parsed};
use crate::{StoreError, Tx};

mod downline;
mod list;

pub use downline::{below_by_level, frontline, frontlines, level_below, search_below};
pub use list::{Begins, SortBy, Wanted, list};

const TABLE: &str = "partners";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    code: String,
    referral_code: String,
    first_name: String,
    last_name: String,
    phone: Option<String>,
    email: Option<String>,
    inviter_id: Option<Uuid>,
    joined_at: i64,
}

impl TryFrom<Row> for Partner {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: PartnerId::new(row.id),
            code: parsed(TABLE, &row.code, PartnerCode::parse)?,
            referral_code: parsed(TABLE, &row.referral_code, ReferralCode::parse)?,
            name: PersonName {
                first: parsed(TABLE, &row.first_name, NamePart::parse)?,
                last: parsed(TABLE, &row.last_name, NamePart::parse)?,
            },
            phone: row.phone.map(|phone| parsed(TABLE, &phone, Phone::parse)).transpose()?,
            email: row.email.map(|email| parsed(TABLE, &email, Email::parse)).transpose()?,
            inviter: row.inviter_id.map(PartnerId::new),
            joined_at: instant(TABLE, row.joined_at)?,
        })
    }
}

/// A partner with the number of the fact that he joined.
pub type Enrolled = (Partner, FactSeq);

/// Stores partners, each with his account.
///
/// # Errors
/// [`StoreError::Taken`] if a code, phone or e-mail belongs to somebody.
pub async fn insert_all(tx: &mut Tx, partners: &[Enrolled], now: Timestamp) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO partners (id, code, referral_code, first_name, last_name, phone, email, inviter_id, joined_at, seq, recorded_at) ",
        partners,
        |row| (
            row.0.id.uuid(),
            row.0.code.as_str().to_owned(),
            row.0.referral_code.as_str().to_owned(),
            row.0.name.first.as_str().to_owned(),
            row.0.name.last.as_str().to_owned(),
            row.0.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            row.0.email.as_ref().map(|email| email.as_str().to_owned()),
            row.0.inviter.map(PartnerId::uuid),
            micros(row.0.joined_at),
            row.1.0,
            micros(now),
        ),
        ""
    );
    insert_all!(
        tx,
        "INSERT INTO accounts (id, code, partner_id) ",
        partners,
        |row| (partner_account(row.0.id).uuid(), format!("partner:{}", row.0.code), row.0.id.uuid()),
        ""
    );
    Ok(())
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, code, referral_code, first_name, last_name, phone, email, inviter_id, joined_at FROM partners ",
            $rest
        )
    };
}
use columns;

/// The partner of a code.
pub async fn by_code(tx: &mut Tx, code: &PartnerCode) -> Result<Option<Partner>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE code = $1"), code.as_str().to_owned())?
        .map(Partner::try_from)
        .transpose()
}

/// The partner of a referral code.
pub async fn by_referral_code(tx: &mut Tx, code: &ReferralCode) -> Result<Option<Partner>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE referral_code = $1"), code.as_str().to_owned())?
        .map(Partner::try_from)
        .transpose()
}

/// The partners of ids, in no particular order.
pub async fn by_ids(tx: &mut Tx, ids: &[PartnerId]) -> Result<Vec<Partner>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    fetch_listed!(tx, Row, columns!("WHERE id IN ({list})"), [], ids)
        .into_iter()
        .map(Partner::try_from)
        .collect()
}

/// Everybody, in order of code.
pub async fn all(tx: &mut Tx) -> Result<Vec<Partner>, StoreError> {
    fetch_all!(tx, Row, columns!("ORDER BY code"))?.into_iter().map(Partner::try_from).collect()
}

/// How a buyer is named by a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handle {
    /// By partner code.
    Code,
    /// By referral code.
    ReferralCode,
    /// By phone.
    Phone,
    /// By e-mail.
    Email,
}

/// The ids of the partners whose handles are listed, as (handle, id).
pub async fn ids_by(
    tx: &mut Tx,
    handle: Handle,
    values: &[String],
) -> Result<Vec<(String, PartnerId)>, StoreError> {
    let sql = match handle {
        Handle::Code => "SELECT code, id FROM partners WHERE code IN ({list})",
        Handle::ReferralCode => "SELECT referral_code, id FROM partners WHERE referral_code IN ({list})",
        Handle::Phone => "SELECT phone, id FROM partners WHERE phone IN ({list})",
        Handle::Email => "SELECT email, id FROM partners WHERE email IN ({list})",
    };
    let rows = fetch_listed!(tx, (String, Uuid), sql, [], values);
    Ok(rows.into_iter().map(|(value, id)| (value, PartnerId::new(id))).collect())
}

/// Everybody's code.
pub async fn codes(tx: &mut Tx) -> Result<std::collections::HashMap<PartnerId, PartnerCode>, StoreError> {
    let rows = fetch_all!(tx, (Uuid, String), "SELECT id, code FROM partners")?;
    let code =
        |(id, code): (Uuid, String)| Ok((PartnerId::new(id), parsed(TABLE, &code, PartnerCode::parse)?));
    rows.into_iter().map(code).collect()
}

/// Who personally invited whom.
pub async fn inviters(tx: &mut Tx) -> Result<std::collections::HashMap<PartnerId, PartnerId>, StoreError> {
    let rows =
        fetch_all!(tx, (Uuid, Uuid), "SELECT id, inviter_id FROM partners WHERE inviter_id IS NOT NULL")?;
    Ok(rows.into_iter().map(|(id, inviter)| (PartnerId::new(id), PartnerId::new(inviter))).collect())
}

/// When those whom a partner personally invited joined, within a span.
pub async fn joined_by_invitation(
    tx: &mut Tx,
    inviter: PartnerId,
    over: Span,
) -> Result<Vec<Timestamp>, StoreError> {
    let sql = "SELECT joined_at FROM partners
        WHERE inviter_id = $1 AND joined_at >= $2 AND joined_at < $3 ORDER BY joined_at, id";
    let rows = fetch_all!(tx, (i64,), sql, inviter.uuid(), micros(over.from), micros(over.until))?;
    rows.into_iter().map(|(joined,)| instant(TABLE, joined)).collect()
}

/// One who became known after something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latecomer {
    /// Who.
    pub partner: PartnerId,
    /// When he joined.
    pub joined_at: Timestamp,
    /// Which fact that is.
    pub seq: FactSeq,
    /// When it became known.
    pub recorded_at: Timestamp,
}

/// Those who became known after a fact.
pub async fn known_after(tx: &mut Tx, fact: FactSeq) -> Result<Vec<Latecomer>, StoreError> {
    let sql = "SELECT id, joined_at, seq, recorded_at FROM partners WHERE seq > $1";
    let latecomer = |(id, joined, seq, recorded)| {
        Ok(Latecomer {
            partner: PartnerId::new(id),
            joined_at: instant("partners", joined)?,
            seq: FactSeq(seq),
            recorded_at: instant("partners", recorded)?,
        })
    };
    fetch_all!(tx, (Uuid, i64, i64, i64), sql, fact.0)?.into_iter().map(latecomer).collect()
}

/// How many there are.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = fetch_one!(tx, (i64,), "SELECT COUNT(*) FROM partners")?;
    Ok(count)
}

/// The greatest code of the form `NR00042`, if there is one: longer codes are greater.
pub async fn last_code(tx: &mut Tx) -> Result<Option<PartnerCode>, StoreError> {
    let sql = "SELECT code FROM partners WHERE code LIKE 'NR%' ORDER BY LENGTH(code) DESC, code DESC LIMIT 1";
    let found: Option<(String,)> = fetch_optional!(tx, (String,), sql)?;
    found.map(|(code,)| parsed(TABLE, &code, PartnerCode::parse)).transpose()
}
