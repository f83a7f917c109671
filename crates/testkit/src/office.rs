//! People who sign in.

use app::auth::{self, Presented, sign_in::Origin};
use app::users::{self, By, Invitation};
use domain::access::{Caller, Role};
use domain::actor::StaffLogin;
use domain::ids::UserId;
use domain::partner::{Email, NamePart, PartnerCode};
use domain::user::{User, UserState};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Secret, Totp};

use crate::backend::TestApp;
use crate::company::staff;

/// From where tests sign in.
pub fn origin() -> Origin {
    Origin::new("192.0.2.7", "Test browser")
}

/// The app on somebody's phone that shows six digits.
pub struct Authenticator(Totp);

impl Authenticator {
    /// Is told the secret that the program shows.
    pub fn new(secret: &SecretString) -> Self {
        let secret = Secret::try_from_base32(secret.expose_secret()).expect("the program shows base 32");
        Self(Builder::new().with_secret(secret).build().expect("the program's secret is long enough"))
    }

    /// The digits it shows at an instant.
    pub fn shows(&self, now: Timestamp) -> String {
        let seconds = u64::try_from(now.as_second()).expect("tests run after 1970");
        self.0.generate(seconds).to_string()
    }
}

/// Somebody who is signed in.
pub struct Person {
    /// By which he signs in.
    pub email: String,
    /// What his browser holds.
    pub secret: SecretString,
    /// His phone, if he has a second factor.
    pub authenticator: Option<Authenticator>,
}

impl Person {
    /// The password of everybody.
    pub const PASSWORD: &str = "лосось в тумане 7";

    /// A person of the office is invited, chooses his password, signs in and sets up his second factor.
    pub async fn of_the_office(test: &TestApp, login: &str, role: Role) -> Self {
        let email = format!("{login}@nanorvs.ru");
        let wanted = Invitation {
            login: StaffLogin::parse(login).expect("tests write valid logins"),
            role,
            name: NamePart::parse(login).expect("a login is a name"),
            email: Some(Email::parse(&email).expect("tests write valid addresses")),
            phone: None,
        };
        let operator = staff("operator");
        let (_, code) =
            users::invite(&test.app, By::Operator(&operator), &wanted).await.expect("he can be invited");
        let code = code.expect("people of the office get a code");
        auth::sign_in::choose_password(&test.app, &code, &Self::PASSWORD.into())
            .await
            .expect("a good password");
        let begun = auth::sign_in::sign_in(&test.app, &email, &Self::PASSWORD.into(), &origin())
            .await
            .expect("the password is right");
        let enrolment = auth::second_factor::enrol(&test.app, &begun.secret).await.expect("he must");
        let authenticator = Authenticator::new(&enrolment.secret);
        let shown = authenticator.shows(test.app.now());
        let (signed_in, _) =
            auth::second_factor::confirm(&test.app, &begun.secret, &shown).await.expect("the code is right");
        Self { email, secret: signed_in.secret, authenticator: Some(authenticator) }
    }

    /// A partner with an e-mail address gets access, chooses his password and signs in.
    pub async fn partner(test: &TestApp, code: &PartnerCode) -> Self {
        let operator = staff("operator");
        let (user, once) =
            users::give_access(&test.app, By::Operator(&operator), code).await.expect("he has an address");
        let once = once.expect("a partner gets a code");
        auth::sign_in::choose_password(&test.app, &once, &Self::PASSWORD.into())
            .await
            .expect("a good password");
        let email = user.email.expect("the test's partner has an e-mail address").to_string();
        let begun = auth::sign_in::sign_in(&test.app, &email, &Self::PASSWORD.into(), &origin())
            .await
            .expect("the password is right");
        Self { email, secret: begun.secret, authenticator: None }
    }

    /// Somebody who registered and is no partner yet signs in.
    pub async fn registered(test: &TestApp, name: &str) -> Self {
        let email = format!("{name}@mail.ru");
        let user = User {
            id: UserId::new(test.app.request_id()),
            login: None,
            role: Role::User,
            state: UserState::Invited,
            name: NamePart::parse(name).expect("tests write valid names"),
            email: Some(Email::parse(&email).expect("tests write valid addresses")),
            phone: None,
            partner: None,
            telegram: None,
            created_at: test.app.now(),
        };
        let mut tx = test.app.store.begin().await.expect("the test database answers");
        store::users::insert(&mut tx, &user).await.expect("nobody has the address");
        tx.commit().await.expect("the test database answers");
        let operator = staff("operator");
        let (_, code) = users::new_code(&test.app, By::Operator(&operator), &users::Name::Id(user.id))
            .await
            .expect("he is invited");
        auth::sign_in::choose_password(&test.app, &code, &Self::PASSWORD.into())
            .await
            .expect("a good password");
        let begun = auth::sign_in::sign_in(&test.app, &email, &Self::PASSWORD.into(), &origin())
            .await
            .expect("the password is right");
        Self { email, secret: begun.secret, authenticator: None }
    }

    /// The token of a shop's program.
    pub async fn shop_token(test: &TestApp, login: &str) -> SecretString {
        let operator = staff("operator");
        let by = By::Operator(&operator);
        let wanted = Invitation {
            login: StaffLogin::parse(login).expect("tests write valid logins"),
            role: Role::Shop,
            name: NamePart::parse(login).expect("a login is a name"),
            email: None,
            phone: None,
        };
        let (shop, _) = users::invite(&test.app, by, &wanted).await.expect("it can be made");
        let wish = auth::tokens::Wish {
            name: "site".to_owned(),
            scopes: Role::Shop.permissions().to_vec(),
            expires_at: test.app.now() + jiff::SignedDuration::from_hours(24),
        };
        auth::tokens::create(&test.app, by, shop.id, &wish).await.expect("it can be made").1
    }

    /// As whom he is known.
    pub async fn caller(&self, test: &TestApp) -> Caller {
        auth::caller(&test.app, &Presented::Session(self.secret.clone())).await.expect("he is signed in")
    }
}
