//! `nanorem user`: the first owner comes in by it, and whoever has lost his way in.

use std::io::IsTerminal;

use app::App;
use app::auth::{By, OneTimeCode, sign_in};
use app::users::{self, Change, Invitation, Name};
use domain::lang::Lang;
use domain::user::User;
use secrecy::SecretString;

use super::done;
use crate::Hands;
use crate::cli::UserVerb;
use crate::output::{list, moment, or_dash};

pub(super) async fn run(hands: &Hands, verb: UserVerb) -> anyhow::Result<()> {
    let app = hands.app().await?;
    let by = By::Operator(&hands.actor);
    let (name, change, reason) = match verb {
        UserVerb::Invite(invite) => {
            let wanted = Invitation {
                login: invite.login,
                role: invite.role,
                name: invite.name,
                email: invite.email,
                phone: invite.phone,
            };
            let (user, code) = users::invite(&app, by, &wanted).await?;
            return invited(hands, &user, code.as_ref());
        }
        UserVerb::Access { code } => {
            let (user, code) = users::give_access(&app, by, &code).await?;
            return invited(hands, &user, code.as_ref());
        }
        UserVerb::Password { code } => return password(hands, &app, &code).await,
        UserVerb::List => return staff(hands, &app).await,
        UserVerb::Code(who) => {
            let (user, code) = users::new_code(&app, by, &who.name).await?;
            return invited(hands, &user, Some(&code));
        }
        UserVerb::Sessions { name, end: false } => return sessions(hands, &app, &name.name).await,
        UserVerb::Sessions { name, end: true } => (name.name, Change::EndSessions, None),
        UserVerb::Block(args) => (args.who.name, Change::Block, args.reason),
        UserVerb::Unblock(args) => (args.who.name, Change::Unblock, args.reason),
        UserVerb::Role { name, role } => (name.name, Change::Role(role), None),
        UserVerb::ResetSecondFactor(args) => (args.who.name, Change::ResetSecondFactor, args.reason),
    };
    let user = users::change(&app, by, &name, change, reason.as_deref()).await?;
    hands.output.show(&user, || described(&user))
}

fn described(user: &User) -> String {
    let login = user.login.as_ref().map_or_else(|| user.id.to_string(), ToString::to_string);
    format!("{login} ({}): {}", user.role.name().in_lang(Lang::Ru), user.state.name().in_lang(Lang::Ru))
}

fn invited(hands: &Hands, user: &User, code: Option<&OneTimeCode>) -> anyhow::Result<()> {
    let code = code.map(OneTimeCode::reveal);
    hands.output.show(&serde_json::json!({ "user": user, "code": code }), || match &code {
        Some(code) => format!(
            "{}\nОдноразовый код: {code}\nПередайте его лично: по нему выбирают пароль (nanorem user password КОД или страница входа)",
            described(user)
        ),
        None => described(user),
    })
}

async fn password(hands: &Hands, app: &App, code: &str) -> anyhow::Result<()> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprintln!("Новый пароль (от 8 знаков, лучше несколько слов), затем Enter:");
    }
    let mut line = String::new();
    stdin.read_line(&mut line)?;
    let text = SecretString::from(line.trim_end_matches(['\r', '\n']));
    let user = sign_in::choose_password(app, &OneTimeCode::typed(code), &text).await?;
    done(hands, &format!("Пароль выбран: {}", described(&user)))
}

async fn staff(hands: &Hands, app: &App) -> anyhow::Result<()> {
    let staff = users::staff(app).await?;
    hands.output.show(&staff, || {
        let rows = staff.iter().map(|view| {
            let user = &view.user;
            vec![
                or_dash(user.login.as_ref().map(ToString::to_string)),
                user.role.name().in_lang(Lang::Ru).to_owned(),
                user.name.to_string(),
                user.state.name().in_lang(Lang::Ru).to_owned(),
                or_dash(view.second_factor_since.map(moment)),
                moment(user.created_at),
            ]
        });
        list(
            &["Логин", "Роль", "Имя", "Вход", "Второй фактор с", "Приглашён"],
            rows,
            "Никого нет. Первый владелец: nanorem user invite ЛОГИН --role owner --name ИМЯ --email ПОЧТА",
        )
    })
}

async fn sessions(hands: &Hands, app: &App, name: &Name) -> anyhow::Result<()> {
    let sessions = users::sessions(app, name).await?;
    hands.output.show(&sessions, || {
        let rows = sessions.iter().map(|session| {
            vec![
                moment(session.created_at),
                moment(session.last_seen_at),
                session.address.clone(),
                session.agent.clone(),
            ]
        });
        list(&["Начат", "Последний раз", "Откуда", "Чем"], rows, "Сеансов нет")
    })
}
