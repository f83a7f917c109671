//! New users: people of the office and shops by an invitation, partners by their code.

use domain::access::{Permission, Role};
use domain::actor::StaffLogin;
use domain::ids::UserId;
use domain::partner::{Email, NamePart, PartnerCode, Phone};
use domain::user::{User, UserState};
use jiff::Timestamp;
use store::Tx;
use store::users::Purpose;

use super::{By, INVITATION, Kept, UserError, note};
use crate::App;
use crate::auth::{OneTimeCode, needs};
use crate::retry::retrying;

/// A person of the office or a shop to be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// His name in the audit trail.
    pub login: StaffLogin,
    /// What he will be: a role of the office, or the shop.
    pub role: Role,
    /// How he is called.
    pub name: NamePart,
    /// By which he will sign in.
    pub email: Option<Email>,
    /// By which he will sign in too.
    pub phone: Option<Phone>,
}

/// Invites a person of the office, or makes the user of a shop, who gets tokens only. Gives the code
/// by which he chooses his password, once; none for a shop.
///
/// # Errors
/// [`UserError::Exists`], [`UserError::Taken`], [`UserError::Rank`], [`UserError::NoAddress`].
pub async fn invite(
    app: &App,
    by: By<'_>,
    wanted: &Invitation,
) -> Result<(User, Option<OneTimeCode>), UserError> {
    by.may_manage(app.now())?;
    by.may_touch(wanted.role)?;
    if !wanted.role.is_staff() && wanted.role != Role::Shop {
        return Err(UserError::NotByInvitation(wanted.role));
    }
    if wanted.role.is_staff() && wanted.email.is_none() && wanted.phone.is_none() {
        return Err(UserError::NoAddress);
    }
    retrying(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        if store::users::by_login(&mut tx, &wanted.login).await?.is_some() {
            return Err(UserError::Exists(wanted.login.to_string()));
        }
        let state = if wanted.role == Role::Shop { UserState::Active } else { UserState::Invited };
        let user = User {
            id: UserId::new(app.ids.uuid(now)),
            login: Some(wanted.login.clone()),
            role: wanted.role,
            state,
            name: wanted.name.clone(),
            email: wanted.email.clone(),
            phone: wanted.phone.clone(),
            partner: None,
            telegram: None,
            created_at: now,
        };
        let code = add(app, &mut tx, by, &user, now).await?;
        tx.commit().await?;
        Ok((user, code))
    })
    .await
}

/// Gives a partner his own access, by the e-mail and phone that are known of him. Gives the code by
/// which he chooses his password, once.
///
/// # Errors
/// [`UserError::UnknownPartner`], [`UserError::Exists`], [`UserError::Taken`], [`UserError::NoAddress`].
pub async fn give_access(
    app: &App,
    by: By<'_>,
    code: &PartnerCode,
) -> Result<(User, Option<OneTimeCode>), UserError> {
    if let By::Caller(caller) = by {
        needs(caller, Permission::PartnersWrite)?;
    }
    retrying(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let partner = store::partners::by_code(&mut tx, code)
            .await?
            .ok_or_else(|| UserError::UnknownPartner(code.clone()))?;
        if store::users::by_partner(&mut tx, partner.id).await?.is_some() {
            return Err(UserError::Exists(code.to_string()));
        }
        if partner.email.is_none() && partner.phone.is_none() {
            return Err(UserError::NoAddress);
        }
        let user = User {
            id: UserId::new(app.ids.uuid(now)),
            login: None,
            role: Role::Partner,
            state: UserState::Invited,
            name: partner.name.first.clone(),
            email: partner.email,
            phone: partner.phone,
            partner: Some(partner.id),
            telegram: None,
            created_at: now,
        };
        let code = add(app, &mut tx, by, &user, now).await?;
        tx.commit().await?;
        Ok((user, code))
    })
    .await
}

async fn add(
    app: &App,
    tx: &mut Tx,
    by: By<'_>,
    user: &User,
    now: Timestamp,
) -> Result<Option<OneTimeCode>, UserError> {
    refuse_taken(tx, user).await?;
    store::users::insert(tx, user).await?;
    let code = match user.state {
        UserState::Invited => {
            let code = OneTimeCode::new(app);
            store::users::put_code(tx, user.id, Purpose::Invitation, code.digest(), now + INVITATION).await?;
            Some(code)
        }
        UserState::Active | UserState::Blocked => None,
    };
    note(tx, by, "user.invite", user, None, Some(Kept { role: user.role, state: user.state }), None, now)
        .await?;
    Ok(code)
}

async fn refuse_taken(tx: &mut Tx, user: &User) -> Result<(), UserError> {
    if let Some(email) = &user.email
        && store::users::by_email(tx, email).await?.is_some()
    {
        return Err(UserError::Taken);
    }
    if let Some(phone) = &user.phone
        && store::users::by_phone(tx, phone).await?.is_some()
    {
        return Err(UserError::Taken);
    }
    Ok(())
}
