//! Who is let in: nothing is told to whoever is not, and what ends, ends at once.

use app::auth::second_factor::{confirm, enrol, give, new_recovery_codes};
use app::auth::sign_in::{Origin, change_password, choose_password, sign_in};
use app::auth::{AuthError, By, OneTimeCode, Presented, caller, needs_fresh, sessions, telegram, tokens};
use domain::access::{Permission, Role};
use domain::user::Stage;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use testkit::{Authenticator, Company, Person, TestApp, for_each_backend, on_sqlite, origin};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

async fn password(test: &TestApp, person: &Person) -> Result<sessions::SignedIn, AuthError> {
    sign_in(&test.app, &person.email, &Person::PASSWORD.into(), &origin()).await
}

async fn is_known(test: &TestApp, person: &Person) -> bool {
    caller(&test.app, &Presented::Session(person.secret.clone())).await.is_ok()
}

#[tokio::test]
async fn staff_are_let_in_by_password_and_second_factor_only() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Accountant).await;
        let known = elena.caller(&test).await;
        assert_eq!((known.role, known.actor.to_string()), (Role::Accountant, "staff:elena".to_owned()));
        test.clock.advance(MINUTE);
        let begun = password(&test, &elena).await.expect("the password is right");
        assert_eq!(begun.session.stage, Stage::SecondFactor);
        let half = caller(&test.app, &Presented::Session(begun.secret.clone())).await;
        assert!(matches!(half, Err(AuthError::Unfinished(Stage::SecondFactor))), "{half:?}");
        let digits = elena.authenticator.as_ref().expect("she has one").shows(test.app.now());
        let finished = give(&test.app, &begun.secret, &digits).await.expect("the digits are right");
        assert!(caller(&test.app, &Presented::Session(finished.secret)).await.is_ok());
        let before = sessions::current(&test.app, &begun.secret).await;
        assert!(
            matches!(before, Err(AuthError::NotSignedIn)),
            "the secret before is worth nothing: {before:?}"
        );
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn digits_are_good_once_and_for_a_minute_and_a_half() {
    on_sqlite(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Support).await;
        let phone = elena.authenticator.as_ref().expect("she has one");
        let used = phone.shows(test.app.now());
        let begun = password(&test, &elena).await.expect("right").secret;
        let again = give(&test.app, &begun, &used).await;
        assert!(matches!(again, Err(AuthError::Wrong)), "used when it was set up: {again:?}");
        let early = phone.shows(test.app.now() + SignedDuration::from_secs(60));
        assert!(matches!(give(&test.app, &begun, &early).await, Err(AuthError::Wrong)), "two steps early");
        let next = phone.shows(test.app.now() + SignedDuration::from_secs(30));
        give(&test.app, &begun, &next).await.expect("one step early is within the skew");
        let begun = password(&test, &elena).await.expect("right").secret;
        let back = give(&test.app, &begun, &used).await;
        assert!(matches!(back, Err(AuthError::Wrong)), "steps only go on: {back:?}");
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_opens_once() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Admin).await;
        let codes = new_recovery_codes(&test.app, &elena.caller(&test).await).await.expect("just signed in");
        assert_eq!(codes.len(), 10);
        let code = codes[3].reveal().to_lowercase();
        let begun = password(&test, &elena).await.expect("right").secret;
        give(&test.app, &begun, &code).await.expect("a code of hers");
        let begun = password(&test, &elena).await.expect("right").secret;
        assert!(matches!(give(&test.app, &begun, &code).await, Err(AuthError::Wrong)));
        new_recovery_codes(&test.app, &elena.caller(&test).await).await.expect("still fresh");
        let replaced = give(&test.app, &begun, &codes[4].reveal()).await;
        assert!(matches!(replaced, Err(AuthError::Wrong)), "the old ones are worth nothing: {replaced:?}");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_name_is_answered_like_a_wrong_password() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Support).await;
        for name in [elena.email.as_str(), "nobody@nanorvs.ru", "+79001234567", "elena", "", "' OR 1=1 --"] {
            let refused = sign_in(&test.app, name, &"не тот пароль".into(), &origin()).await;
            assert!(matches!(refused, Err(AuthError::Wrong)), "{name:?}: {refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn ten_wrong_passwords_close_a_name_for_a_quarter_of_an_hour() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Support).await;
        let oleg = Person::of_the_office(&test, "oleg", Role::Support).await;
        for name in [elena.email.as_str(), "nobody@nanorvs.ru"] {
            for _ in 0..10 {
                let wrong = sign_in(&test.app, name, &"не тот пароль".into(), &origin()).await;
                assert!(matches!(wrong, Err(AuthError::Wrong)), "{wrong:?}");
            }
            let closed = sign_in(&test.app, name, &Person::PASSWORD.into(), &origin()).await;
            let Err(AuthError::TooMany { retry_after_s }) = closed else { panic!("{name}: {closed:?}") };
            assert_eq!(retry_after_s, 15 * 60, "told when to come again");
        }
        assert!(is_known(&test, &elena).await, "who is in stays in");
        password(&test, &oleg).await.expect("others are not closed out");
        test.clock.advance(MINUTE * 15);
        password(&test, &elena).await.expect("nobody is closed out for good");
    })
    .await;
}

#[tokio::test]
async fn a_network_may_guess_a_hundred_times_an_hour() {
    on_sqlite(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Support).await;
        let stuffing = Origin::new("198.51.100.0", "bot");
        for number in 0..100 {
            let name = format!("victim{number}@nanorvs.ru");
            let wrong = sign_in(&test.app, &name, &"123456".into(), &stuffing).await;
            assert!(matches!(wrong, Err(AuthError::Wrong)), "{wrong:?}");
        }
        let closed = sign_in(&test.app, &elena.email, &Person::PASSWORD.into(), &stuffing).await;
        assert!(matches!(closed, Err(AuthError::TooMany { .. })), "{closed:?}");
        password(&test, &elena).await.expect("from elsewhere she is let in");
    })
    .await;
}

#[tokio::test]
async fn five_wrong_digits_close_the_second_factor() {
    on_sqlite(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Owner).await;
        test.clock.advance(MINUTE);
        let begun = password(&test, &elena).await.expect("right").secret;
        for _ in 0..5 {
            assert!(matches!(give(&test.app, &begun, "000000").await, Err(AuthError::Wrong)));
        }
        let digits = elena.authenticator.as_ref().expect("she has one").shows(test.app.now());
        let closed = give(&test.app, &begun, &digits).await;
        assert!(matches!(closed, Err(AuthError::TooMany { .. })), "{closed:?}");
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_rest_and_by_age() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Support).await;
        for _ in 0..24 {
            test.clock.advance(MINUTE * 29);
            assert!(is_known(&test, &elena).await, "used every half hour, it lives");
        }
        test.clock.advance(MINUTE * 25);
        assert!(!is_known(&test, &elena).await, "after twelve hours it has ended all the same");
        let oleg = Person::of_the_office(&test, "oleg", Role::Support).await;
        test.clock.advance(MINUTE * 30);
        assert!(!is_known(&test, &oleg).await, "half an hour of rest ends it");
    })
    .await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.reachable("ANNA", None).await;
        let anna = Person::partner(&test, &company.code("ANNA")).await;
        let elsewhere = password(&test, &anna).await.expect("right");
        let known = anna.caller(&test).await;
        let listed = sessions::list(&test.app, &known).await.expect("listed");
        assert_eq!(listed.iter().filter(|view| view.is_this).count(), 1);
        assert_eq!(listed.len(), 2);
        assert!(sessions::end(&test.app, &known, elsewhere.session.id).await.expect("ended"));
        assert!(!sessions::end(&test.app, &known, elsewhere.session.id).await.expect("nothing left to end"));
        let ended = caller(&test.app, &Presented::Session(elsewhere.secret)).await;
        assert!(matches!(ended, Err(AuthError::NotSignedIn)), "{ended:?}");
        sessions::sign_out(&test.app, &anna.secret).await.expect("she leaves");
        assert!(!is_known(&test, &anna).await);
        sessions::sign_out(&test.app, &anna.secret).await.expect("twice is no mistake");
    })
    .await;
}

#[tokio::test]
async fn nobody_ends_the_session_of_another() {
    on_sqlite(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Support).await;
        let oleg = Person::of_the_office(&test, "oleg", Role::Support).await;
        let hers = sessions::list(&test.app, &elena.caller(&test).await).await.expect("listed")[0].session.id;
        assert!(!sessions::end(&test.app, &oleg.caller(&test).await, hers).await.expect("not his"));
        assert!(is_known(&test, &elena).await);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.reachable("ANNA", None).await;
        let anna = Person::partner(&test, &company.code("ANNA")).await;
        let elsewhere = password(&test, &anna).await.expect("right");
        let known = anna.caller(&test).await;
        change_password(&test.app, &known, &"ёжик под шубой 3".into()).await.expect("fresh and good");
        assert!(is_known(&test, &anna).await, "the one she changed it in goes on");
        assert!(caller(&test.app, &Presented::Session(elsewhere.secret)).await.is_err());
        assert!(
            matches!(password(&test, &anna).await, Err(AuthError::Wrong)),
            "the old one is worth nothing"
        );
    })
    .await;
}

#[tokio::test]
async fn what_changes_access_asks_for_the_password_again() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Accountant).await;
        test.clock.advance(MINUTE * 6);
        let stale = elena.caller(&test).await;
        assert!(matches!(needs_fresh(&stale, test.app.now()), Err(AuthError::NotFresh)));
        let refused = change_password(&test.app, &stale, &"ёжик под шубой 3".into()).await;
        assert!(matches!(refused, Err(AuthError::NotFresh)), "{refused:?}");
        let digits = elena.authenticator.as_ref().expect("she has one").shows(test.app.now());
        let again = async |given: &str, code: Option<&str>| {
            sessions::authenticate_again(&test.app, &stale, &given.into(), code).await
        };
        assert!(matches!(again("не тот", Some(&digits)).await, Err(AuthError::Wrong)));
        test.clock.advance(MINUTE);
        assert!(matches!(again(Person::PASSWORD, None).await, Err(AuthError::Wrong)), "both factors");
        let digits = elena.authenticator.as_ref().expect("she has one").shows(test.app.now());
        again(Person::PASSWORD, Some(&digits)).await.expect("both are right");
        needs_fresh(&elena.caller(&test).await, test.app.now()).expect("fresh now");
    })
    .await;
}

#[tokio::test]
async fn a_weak_password_does_not_cost_the_invitation() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.reachable("ANNA", None).await;
        let operator = testkit::staff("operator");
        let by = app::users::By::Operator(&operator);
        let (_, code) = app::users::give_access(&test.app, by, &company.code("ANNA")).await.expect("invited");
        let code = code.expect("a code");
        for weak in ["1234567", "password1", "anna@nanorvs.ru"] {
            let refused = choose_password(&test.app, &code, &weak.into()).await;
            assert!(matches!(refused, Err(AuthError::Password(_))), "{weak}: {refused:?}");
        }
        choose_password(&test.app, &code, &Person::PASSWORD.into()).await.expect("now a good one");
        let again = choose_password(&test.app, &code, &"ёжик под шубой 3".into()).await;
        assert!(matches!(again, Err(AuthError::Code)), "a code is good once: {again:?}");
    })
    .await;
}

#[tokio::test]
async fn codes_end_and_serve_one_purpose() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Support).await;
        let operator = testkit::staff("operator");
        let by = app::users::By::Operator(&operator);
        let name = app::users::Name::Id(elena.caller(&test).await.user);
        let (_, reset) = app::users::new_code(&test.app, by, &name).await.expect("made");
        let misused = telegram::link(&test.app, &reset, 7).await;
        assert!(matches!(misused, Err(AuthError::Code)), "{misused:?}");
        test.clock.advance(MINUTE * 10);
        let late = choose_password(&test.app, &reset, &"ёжик под шубой 3".into()).await;
        assert!(matches!(late, Err(AuthError::Code)), "{late:?}");
        let (_, replaced) = app::users::new_code(&test.app, by, &name).await.expect("made");
        let (_, newest) = app::users::new_code(&test.app, by, &name).await.expect("made");
        let old = choose_password(&test.app, &replaced, &"ёжик под шубой 3".into()).await;
        assert!(matches!(old, Err(AuthError::Code)), "the newest alone is good: {old:?}");
        choose_password(&test.app, &newest, &"ёжик под шубой 3".into()).await.expect("the newest");
        assert!(!is_known(&test, &elena).await, "every session ends with a reset");
        let begun =
            sign_in(&test.app, &elena.email, &"ёжик под шубой 3".into(), &origin()).await.expect("in");
        assert_eq!(begun.session.stage, Stage::SecondFactor, "a reset passes no factor by");
        assert!(matches!(
            choose_password(&test.app, &OneTimeCode::typed("0000-0000"), &Person::PASSWORD.into()).await,
            Err(AuthError::Code)
        ));
    })
    .await;
}

#[tokio::test]
async fn the_second_factor_is_set_up_once() {
    on_sqlite(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.reachable("ANNA", None).await;
        let anna = Person::partner(&test, &company.code("ANNA")).await;
        let told = enrol(&test.app, &anna.secret).await.expect("a partner may");
        assert!(matches!(confirm(&test.app, &anna.secret, "123456").await, Err(AuthError::Wrong)));
        let phone = Authenticator::new(&told.secret);
        let (finished, _) =
            confirm(&test.app, &anna.secret, &phone.shows(test.app.now())).await.expect("her phone was told");
        assert!(!is_known(&test, &anna).await, "a new secret after a new factor");
        let again = enrol(&test.app, &finished.secret).await.map(drop);
        assert!(matches!(again, Err(AuthError::HasSecondFactor)), "{again:?}");
        assert_eq!(password(&test, &anna).await.expect("right").session.stage, Stage::SecondFactor);
    })
    .await;
}

fn wish(test: &TestApp, scopes: &[Permission], days: i64) -> tokens::Wish {
    let expires_at = test.app.now() + SignedDuration::from_hours(24 * days);
    tokens::Wish { name: "1С".to_owned(), scopes: scopes.to_vec(), expires_at }
}

#[tokio::test]
async fn a_token_does_what_it_is_for_until_it_ends() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Accountant).await;
        let known = elena.caller(&test).await;
        let scopes = [Permission::PayoutsRead, Permission::OrdersRead];
        let (token, secret) =
            tokens::create(&test.app, By::Caller(&known), known.user, &wish(&test, &scopes, 30))
                .await
                .expect("made");
        let by_token = async || caller(&test.app, &Presented::Token(secret.clone())).await;
        let program = by_token().await.expect("it is good");
        assert!(program.may(Permission::PayoutsRead) && !program.may(Permission::PayoutsApprove));
        assert!(matches!(needs_fresh(&program, test.app.now()), Err(AuthError::NotByToken)));
        let listed = tokens::own(&test.app, &known).await.expect("listed");
        assert_eq!(listed[0].last_used_at, Some(test.app.now()));
        assert!(token.prefix.starts_with("nrm_") && token.prefix.len() == 10, "{}", token.prefix);
        test.clock.advance(SignedDuration::from_hours(24 * 30));
        assert!(matches!(by_token().await, Err(AuthError::NotSignedIn)), "it has ended");
    })
    .await;
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Accountant).await;
        let oleg = Person::of_the_office(&test, "oleg", Role::Support).await;
        let known = elena.caller(&test).await;
        let (token, secret) = tokens::create(
            &test.app,
            By::Caller(&known),
            known.user,
            &wish(&test, &[Permission::OrdersRead], 30),
        )
        .await
        .expect("made");
        let not_his = tokens::revoke(&test.app, By::Caller(&oleg.caller(&test).await), token.id).await;
        assert!(matches!(not_his, Err(AuthError::Token(tokens::TokenError::Unknown))), "{not_his:?}");
        tokens::revoke(&test.app, By::Caller(&known), token.id).await.expect("hers");
        let refused = caller(&test.app, &Presented::Token(secret)).await;
        assert!(matches!(refused, Err(AuthError::NotSignedIn)), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_token_cannot_do_more_than_its_owner() {
    on_sqlite(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Support).await;
        let known = elena.caller(&test).await;
        let refused =
            async |wish: &tokens::Wish| match tokens::create(&test.app, By::Caller(&known), known.user, wish)
                .await
            {
                Err(AuthError::Token(error)) => error,
                other => panic!("{other:?}"),
            };
        let beyond = wish(&test, &[Permission::OrdersRead, Permission::PayoutsApprove], 30);
        let expected = tokens::TokenError::Beyond(Permission::PayoutsApprove, Role::Support);
        assert_eq!(refused(&beyond).await, expected);
        assert_eq!(refused(&wish(&test, &[], 30)).await, tokens::TokenError::NoScope);
        assert_eq!(refused(&wish(&test, &[Permission::OrdersRead], 367)).await, tokens::TokenError::Expiry);
        assert_eq!(refused(&wish(&test, &[Permission::OrdersRead], 0)).await, tokens::TokenError::Expiry);
        let nameless = tokens::Wish { name: " ".to_owned(), ..wish(&test, &[Permission::OrdersRead], 1) };
        assert_eq!(refused(&nameless).await, tokens::TokenError::Name);
    })
    .await;
}

#[tokio::test]
async fn telegram_is_linked_by_a_code_of_the_signed_in() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Support).await;
        let oleg = Person::of_the_office(&test, "oleg", Role::Support).await;
        let code = telegram::link_code(&test.app, &elena.caller(&test).await).await.expect("fresh");
        let linked = telegram::link(&test.app, &code, 42).await.expect("the code is good");
        assert_eq!(linked.telegram, Some(42));
        assert!(matches!(telegram::link(&test.app, &code, 43).await, Err(AuthError::Code)), "good once");
        let his = telegram::link_code(&test.app, &oleg.caller(&test).await).await.expect("fresh");
        let taken = telegram::link(&test.app, &his, 42).await;
        assert!(matches!(taken, Err(AuthError::TelegramTaken)), "{taken:?}");
        telegram::unlink(&test.app, &elena.caller(&test).await).await.expect("hers");
        telegram::link(&test.app, &his, 42).await.expect("free now, and the code was not used up");
    })
    .await;
}

#[tokio::test]
async fn the_database_alone_tells_no_secret() {
    on_sqlite(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Owner).await;
        let known = elena.caller(&test).await;
        let (_, token) = tokens::create(
            &test.app,
            By::Caller(&known),
            known.user,
            &wish(&test, &[Permission::OrdersRead], 1),
        )
        .await
        .expect("made");
        let codes = new_recovery_codes(&test.app, &known).await.expect("fresh");
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("copy.db");
        test.app.store.backup(&copy).await.expect("copied");
        let bytes = std::fs::read(&copy).expect("read");
        let holds = |secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(holds("elena@nanorvs.ru"), "the search finds what is there");
        for secret in [
            elena.secret.expose_secret(),
            token.expose_secret(),
            Person::PASSWORD,
            &codes[0].reveal(),
            &codes[0].reveal().replace('-', ""),
        ] {
            assert!(!holds(secret), "a secret stands in the database");
        }
    })
    .await;
}
