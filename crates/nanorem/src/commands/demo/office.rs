//! Somebody of the demo's office, and a token by which its API is tried.

use app::App;
use app::auth::{By, sign_in, tokens};
use app::users::{self, Invitation, Name, UserError};
use domain::access::Role;
use domain::actor::{Actor, StaffLogin};
use domain::partner::{Email, NamePart};
use jiff::SignedDuration;
use secrecy::SecretString;

/// A token that reads the whole company, for a day. Each start of the demo makes another: a secret is
/// shown once.
pub(super) async fn token(app: &App) -> anyhow::Result<SecretString> {
    let login = StaffLogin::parse("demo")?;
    let operator = Actor::Staff(login.clone());
    let by = By::Operator(&operator);
    let owner = match users::user(app, &Name::Login(login.clone())).await {
        Ok(view) => view.user.id,
        Err(UserError::Unknown(_)) => invited(app, by, login).await?,
        Err(error) => return Err(error.into()),
    };
    let wish = tokens::Wish {
        name: "demo".to_owned(),
        scopes: Role::Support.permissions().to_vec(),
        expires_at: app.now() + SignedDuration::from_hours(24),
    };
    Ok(tokens::create(app, by, owner, &wish).await?.1)
}

async fn invited(app: &App, by: By<'_>, login: StaffLogin) -> anyhow::Result<domain::ids::UserId> {
    let wanted = Invitation {
        login,
        role: Role::Support,
        name: NamePart::parse("Демо")?,
        email: Some(Email::parse("demo@example.com")?),
        phone: None,
    };
    let (user, code) = users::invite(app, by, &wanted).await?;
    if let Some(code) = code {
        // A password that nobody knows: the demo is looked at with the token alone.
        sign_in::choose_password(app, &code, &format!("{}", app.request_id()).into()).await?;
    }
    Ok(user.id)
}
