//! Enrolment: a partner joins under a sponsor.

use domain::actor::Actor;
use domain::ids::{FactSeq, PartnerId};
use domain::partner::{Email, Partner, PartnerCode, PersonName, Phone, ReferralCode};
use domain::time::CLOCKS_DIFFER;
use jiff::Timestamp;
use serde::Serialize;
use store::partners::Handle;
use store::sponsorships::Sponsorship;
use store::{StoreError, Tx};

use crate::App;
use crate::audit::{self, Act};
use crate::notices;
use crate::periods::adjust;
use crate::retry::{may_retry, retrying};

/// Who stands above a new partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SponsorRef {
    /// The owner of an invitation link.
    Referral(ReferralCode),
    /// A partner whom staff name.
    Partner(PartnerCode),
    /// Nobody: a founder. Only staff may.
    Root,
}

/// One who wants to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// His name.
    pub name: PersonName,
    /// His phone.
    pub phone: Option<Phone>,
    /// His e-mail.
    pub email: Option<Email>,
    /// Who invited him.
    pub sponsor: SponsorRef,
    /// His code, where it is known from before; the next free one otherwise.
    pub code: Option<PartnerCode>,
    /// When he joined, where it was before now. Only staff may.
    pub joined_at: Option<Timestamp>,
}

/// Why one cannot join.
#[derive(Debug, thiserror::Error)]
pub enum EnrollError {
    /// Nobody has that referral code.
    #[error("no partner has referral code {0}")]
    UnknownReferral(ReferralCode),
    /// Nobody has that code.
    #[error("there is no partner {0}")]
    UnknownSponsor(PartnerCode),
    /// The code is taken.
    #[error("there is a partner {0} already")]
    CodeTaken(PartnerCode),
    /// The phone is taken.
    #[error("a partner with this phone has joined already")]
    PhoneTaken,
    /// The e-mail is taken.
    #[error("a partner with this e-mail has joined already")]
    EmailTaken,
    /// Joining has not happened yet.
    #[error("{0} lies ahead: a partner is enrolled when he joins")]
    Ahead(Timestamp),
    /// Joining before the sponsor did.
    #[error("joining at {joined_at} is before the sponsor joined, {sponsor_joined_at}")]
    BeforeSponsor {
        /// The newcomer.
        joined_at: Timestamp,
        /// His sponsor.
        sponsor_joined_at: Timestamp,
    },
    /// What only staff may do.
    #[error("only staff may enrol a founder, choose a code or a date")]
    NotStaff,
    /// The database failed.
    #[error("could not store the partner")]
    Store(#[from] StoreError),
}
may_retry!(EnrollError);

/// Takes a partner in under his sponsor.
pub async fn enroll(app: &App, actor: &Actor, enrolment: &Enrolment) -> Result<Partner, EnrollError> {
    let by_staff = matches!(actor, Actor::Staff(_));
    let wants_more = !matches!(enrolment.sponsor, SponsorRef::Referral(_))
        || enrolment.code.is_some()
        || enrolment.joined_at.is_some();
    if wants_more && !by_staff {
        return Err(EnrollError::NotStaff);
    }
    retrying(|| enroll_once(app, actor, enrolment)).await
}

async fn enroll_once(app: &App, actor: &Actor, enrolment: &Enrolment) -> Result<Partner, EnrollError> {
    let now = app.now();
    if let Some(ahead) = enrolment.joined_at.filter(|joined_at| *joined_at > now + CLOCKS_DIFFER) {
        return Err(EnrollError::Ahead(ahead));
    }
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let sponsor = sponsor_of(&mut tx, &enrolment.sponsor).await?;
    refuse_taken(&mut tx, enrolment).await?;
    let joined_at = enrolment.joined_at.unwrap_or(now);
    if let Some(sponsor) = sponsor.as_ref().filter(|sponsor| joined_at < sponsor.joined_at) {
        return Err(EnrollError::BeforeSponsor { joined_at, sponsor_joined_at: sponsor.joined_at });
    }
    let partner = Partner {
        id: PartnerId::new(app.ids.uuid(now)),
        code: match &enrolment.code {
            Some(code) => code.clone(),
            None => next_code(&mut tx).await?,
        },
        referral_code: app.ids.referral_code(),
        name: enrolment.name.clone(),
        phone: enrolment.phone.clone(),
        email: enrolment.email.clone(),
        inviter: sponsor.map(|sponsor| sponsor.id),
        joined_at,
    };
    insert_all(app, &mut tx, std::slice::from_ref(&partner), now).await?;
    let act = Act {
        actor,
        action: "partner.enroll",
        entity: format!("partner:{}", partner.code),
        before: None::<()>,
        after: Some(Enrolled { code: &partner.code, inviter: partner.inviter, joined_at }),
        reason: None,
    };
    audit::append(&mut tx, act, now).await?;
    tx.commit().await?;
    app.ring();
    tracing::info!(partner.code = %partner.code, "enrolled partner {}", partner.code);
    Ok(partner)
}

/// What the trail keeps of an enrolment: nothing personal.
#[derive(Serialize)]
struct Enrolled<'a> {
    code: &'a PartnerCode,
    inviter: Option<PartnerId>,
    joined_at: Timestamp,
}

async fn sponsor_of(tx: &mut Tx, sponsor: &SponsorRef) -> Result<Option<Partner>, EnrollError> {
    match sponsor {
        SponsorRef::Root => Ok(None),
        SponsorRef::Referral(code) => {
            let found = store::partners::by_referral_code(tx, code).await?;
            found.map(Some).ok_or_else(|| EnrollError::UnknownReferral(code.clone()))
        }
        SponsorRef::Partner(code) => {
            let found = store::partners::by_code(tx, code).await?;
            found.map(Some).ok_or_else(|| EnrollError::UnknownSponsor(code.clone()))
        }
    }
}

async fn refuse_taken(tx: &mut Tx, enrolment: &Enrolment) -> Result<(), EnrollError> {
    if let Some(code) = &enrolment.code
        && store::partners::by_code(tx, code).await?.is_some()
    {
        return Err(EnrollError::CodeTaken(code.clone()));
    }
    if let Some(phone) = &enrolment.phone
        && !store::partners::ids_by(tx, Handle::Phone, &[phone.to_string()]).await?.is_empty()
    {
        return Err(EnrollError::PhoneTaken);
    }
    if let Some(email) = &enrolment.email
        && !store::partners::ids_by(tx, Handle::Email, &[email.to_string()]).await?.is_empty()
    {
        return Err(EnrollError::EmailTaken);
    }
    Ok(())
}

async fn next_code(tx: &mut Tx) -> Result<PartnerCode, StoreError> {
    let last = store::partners::last_code(tx).await?.and_then(|code| code.number());
    Ok(PartnerCode::numbered(last.unwrap_or(0) + 1))
}

/// Stores partners and that their inviters sponsor them from when they joined.
pub(crate) async fn insert_all(
    app: &App,
    tx: &mut Tx,
    partners: &[Partner],
    now: Timestamp,
) -> Result<(), StoreError> {
    let count = i64::try_from(partners.len()).unwrap_or(i64::MAX);
    let first = store::facts::take(tx, count).await?;
    let numbered: Vec<_> = partners.iter().cloned().zip((first.0..).map(FactSeq)).collect();
    let sponsorships: Vec<Sponsorship> = numbered
        .iter()
        .map(|(partner, seq)| Sponsorship {
            partner: partner.id,
            sponsor: partner.inviter,
            since: partner.joined_at,
            seq: *seq,
            reason: "enrolment".to_owned(),
        })
        .collect();
    store::partners::insert_all(tx, &numbered, now).await?;
    store::sponsorships::insert_all(tx, &sponsorships, now).await?;
    notices::people::enrolled(app, tx, partners, now).await?;
    match partners.iter().map(|partner| partner.joined_at).min() {
        Some(first) => adjust::note_facts(app, tx, first, now).await,
        None => Ok(()),
    }
}
