//! Who may let whom in, and who stays.

use app::auth::{AuthError, Presented, caller};
use app::users::{By, Change, Invitation, Name, UserError, change, give_access, invite, new_code};
use domain::access::{Permission, Role};
use domain::actor::StaffLogin;
use domain::partner::{Email, NamePart};
use domain::user::UserState;
use sqlx::Connection as _;
use testkit::{Company, Person, TestApp, for_each_backend, on_sqlite, staff};

fn named(login: &str) -> Name {
    Name::Login(StaffLogin::parse(login).expect("a login"))
}

fn invitation(login: &str, role: Role) -> Invitation {
    Invitation {
        login: StaffLogin::parse(login).expect("a login"),
        role,
        name: NamePart::parse("Пётр").expect("a name"),
        email: Some(Email::parse(&format!("{login}@nanorvs.ru")).expect("an address")),
        phone: None,
    }
}

async fn is_known(test: &TestApp, person: &Person) -> bool {
    caller(&test.app, &Presented::Session(person.secret.clone())).await.is_ok()
}

#[tokio::test]
async fn an_administrator_touches_neither_owners_nor_administrators() {
    for_each_backend(async |test| {
        let admin = Person::of_the_office(&test, "admin", Role::Admin).await.caller(&test).await;
        Person::of_the_office(&test, "owner", Role::Owner).await;
        let by = By::Caller(&admin);
        invite(&test.app, by, &invitation("petr", Role::Support)).await.expect("support he may");
        for role in [Role::Owner, Role::Admin] {
            let refused = invite(&test.app, by, &invitation("ivan", role)).await;
            assert!(matches!(refused, Err(UserError::Rank { .. })), "{role}: {refused:?}");
            let refused = change(&test.app, by, &named("petr"), Change::Role(role), None).await;
            assert!(matches!(refused, Err(UserError::Rank { .. })), "{role}: {refused:?}");
        }
        let refused = change(&test.app, by, &named("owner"), Change::Block, None).await;
        assert!(matches!(refused, Err(UserError::Rank { .. })), "{refused:?}");
        let refused = new_code(&test.app, by, &named("owner")).await;
        assert!(matches!(refused, Err(UserError::Rank { .. })), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_manage_users_does_not() {
    on_sqlite(async |test| {
        for role in [Role::Accountant, Role::Support] {
            let person = Person::of_the_office(&test, role.as_str(), role).await.caller(&test).await;
            let refused = invite(&test.app, By::Caller(&person), &invitation("petr", Role::Support)).await;
            let forbidden =
                matches!(refused, Err(UserError::Auth(AuthError::Forbidden(Permission::UsersManage))));
            assert!(forbidden, "{role}: {refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn blocking_ends_everything_at_once() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Support).await;
        let known = elena.caller(&test).await;
        let wish = app::auth::tokens::Wish {
            name: "отчёты".to_owned(),
            scopes: vec![Permission::OrdersRead],
            expires_at: test.app.now() + jiff::SignedDuration::from_hours(24),
        };
        let (_, token) = app::auth::tokens::create(&test.app, By::Caller(&known), known.user, &wish)
            .await
            .expect("she may");
        let operator = staff("operator");
        let by = By::Operator(&operator);
        change(&test.app, by, &named("elena"), Change::Block, Some("уволена")).await.expect("blocked");
        assert!(!is_known(&test, &elena).await);
        assert!(caller(&test.app, &Presented::Token(token.clone())).await.is_err());
        let refused = app::auth::sign_in::sign_in(
            &test.app,
            &elena.email,
            &Person::PASSWORD.into(),
            &testkit::origin(),
        )
        .await;
        assert!(matches!(refused, Err(AuthError::Wrong)), "{refused:?}");
        let back = change(&test.app, by, &named("elena"), Change::Unblock, None).await.expect("back");
        assert_eq!(back.state, UserState::Active);
        assert!(caller(&test.app, &Presented::Token(token)).await.is_err(), "her tokens do not come back");
    })
    .await;
}

#[tokio::test]
async fn another_role_holds_at_once() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Accountant).await;
        let operator = staff("operator");
        let wanted = Change::Role(Role::Support);
        change(&test.app, By::Operator(&operator), &named("elena"), wanted, None).await.expect("changed");
        assert!(!is_known(&test, &elena).await, "her session ended with it");
        let wanted = Change::Role(Role::Partner);
        let refused = change(&test.app, By::Operator(&operator), &named("elena"), wanted, None).await;
        assert!(matches!(refused, Err(UserError::NotByInvitation(Role::Partner))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn the_last_owner_stays() {
    for_each_backend(async |test| {
        let owner = Person::of_the_office(&test, "owner", Role::Owner).await;
        let operator = staff("operator");
        for wanted in [Change::Block, Change::Role(Role::Admin)] {
            let refused = change(&test.app, By::Operator(&operator), &named("owner"), wanted, None).await;
            assert!(matches!(refused, Err(UserError::LastOwner)), "{refused:?}");
        }
        let known = owner.caller(&test).await;
        let refused = change(&test.app, By::Caller(&known), &named("owner"), Change::Block, None).await;
        assert!(matches!(refused, Err(UserError::Oneself)), "{refused:?}");
        Person::of_the_office(&test, "second", Role::Owner).await;
        change(&test.app, By::Operator(&operator), &named("owner"), Change::Block, None)
            .await
            .expect("now there is another");
    })
    .await;
}

#[tokio::test]
async fn addresses_and_logins_belong_to_one_user() {
    for_each_backend(async |test| {
        Person::of_the_office(&test, "elena", Role::Support).await;
        let operator = staff("operator");
        let by = By::Operator(&operator);
        let again = invite(&test.app, by, &invitation("elena", Role::Support)).await;
        assert!(matches!(again, Err(UserError::Exists(_))), "{again:?}");
        let same_address = Invitation {
            email: invitation("elena", Role::Support).email,
            ..invitation("petr", Role::Support)
        };
        let taken = invite(&test.app, by, &same_address).await;
        assert!(matches!(taken, Err(UserError::Taken)), "{taken:?}");
        let nowhere = Invitation { email: None, ..invitation("petr", Role::Support) };
        let refused = invite(&test.app, by, &nowhere).await;
        assert!(matches!(refused, Err(UserError::NoAddress)), "{refused:?}");
        for role in [Role::Partner, Role::User] {
            let refused = invite(&test.app, by, &invitation("petr", role)).await;
            assert!(matches!(refused, Err(UserError::NotByInvitation(_))), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_partner_gets_access_once_and_acts_as_himself() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.reachable("ANNA", None).await;
        company.partner("BORIS", Some("ANNA")).await;
        let anna = Person::partner(&test, &company.code("ANNA")).await.caller(&test).await;
        assert_eq!((anna.role, anna.actor.to_string()), (Role::Partner, "partner:ANNA".to_owned()));
        assert!(anna.may(Permission::OwnRead) && !anna.may(Permission::PartnersRead));
        let operator = staff("operator");
        let by = By::Operator(&operator);
        let again = give_access(&test.app, by, &company.code("ANNA")).await;
        assert!(matches!(again, Err(UserError::Exists(_))), "{again:?}");
        let unreachable = give_access(&test.app, by, &company.code("BORIS")).await;
        assert!(matches!(unreachable, Err(UserError::NoAddress)), "{unreachable:?}");
        let unknown = give_access(&test.app, by, &company.code("NOBODY")).await;
        assert!(matches!(unknown, Err(UserError::UnknownPartner(_))), "{unknown:?}");
    })
    .await;
}

#[tokio::test]
async fn a_shop_has_tokens_and_no_password() {
    for_each_backend(async |test| {
        let owner = Person::of_the_office(&test, "owner", Role::Owner).await.caller(&test).await;
        let wanted = Invitation { email: None, ..invitation("nanorvs", Role::Shop) };
        let (shop, code) = invite(&test.app, By::Caller(&owner), &wanted).await.expect("made");
        assert_eq!((shop.state, code.is_none()), (UserState::Active, true));
        let wish = app::auth::tokens::Wish {
            name: "сайт".to_owned(),
            scopes: vec![Permission::ShopOrders, Permission::CatalogueRead],
            expires_at: test.app.now() + jiff::SignedDuration::from_hours(24),
        };
        let (_, token) =
            app::auth::tokens::create(&test.app, By::Caller(&owner), shop.id, &wish).await.expect("made");
        let program = caller(&test.app, &Presented::Token(token)).await.expect("it is good");
        assert_eq!(program.actor.to_string(), "shop:nanorvs");
        assert!(program.may(Permission::ShopOrders) && !program.may(Permission::OrdersRead));
    })
    .await;
}

#[tokio::test]
async fn the_trail_shows_every_tampering() {
    use app::audit::{Head, head, verify};
    on_sqlite(async |test| {
        Person::of_the_office(&test, "elena", Role::Support).await;
        let kept = head(&test.app).await.expect("read").expect("something was done");
        assert_eq!(Head::parse(&kept.to_string()), Ok(kept.clone()), "read as it is written");
        for wrong in ["", "1", "1 now 00", "0 2026-01-10T09:00:00Z 00", &format!("{kept} more")] {
            assert!(Head::parse(wrong).is_err(), "{wrong:?}");
        }
        Person::of_the_office(&test, "oleg", Role::Support).await;
        let whole = verify(&test.app, std::slice::from_ref(&kept)).await.expect("read");
        assert_eq!(whole.broken, []);
        assert!(whole.lines > 4, "{}", whole.lines);
        let mut database = sqlx::SqliteConnection::connect(&test.url).await.expect("opened");
        for trigger in ["audit_no_update", "audit_no_delete"] {
            let sql = sqlx::AssertSqlSafe(format!("DROP TRIGGER {trigger}"));
            sqlx::query(sql).execute(&mut database).await.expect("whoever owns the file may");
        }
        let mut told = async |sql: &'static str| {
            sqlx::query(sql).execute(&mut database).await.expect("done");
            let broken = verify(&test.app, std::slice::from_ref(&kept)).await.expect("read").broken;
            broken
                .iter()
                .map(|one| domain::lang::Text::from(one).in_lang(domain::lang::Lang::Ru).to_owned())
                .collect::<Vec<_>>()
                .join("; ")
        };
        let changed = told("UPDATE audit SET actor = 'staff:anna' WHERE seq = 2").await;
        assert_eq!(changed, "запись 2 изменена после того, как была сделана");
        let missing = told("DELETE FROM audit WHERE seq = 2").await;
        assert_eq!(missing, "вместо записи 2 стоит 3");
        told("DELETE FROM audit WHERE seq = 1").await;
        let cut = told("DELETE FROM audit WHERE seq > 0").await;
        assert_eq!(cut, format!("вынесенной головы {} в журнале нет: конец отрезан или переписан", kept.seq));
    })
    .await;
}
