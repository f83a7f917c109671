//! `nanorem token`.

use app::App;
use app::auth::{By, tokens};
use domain::ids::TokenId;
use jiff::SignedDuration;
use secrecy::ExposeSecret;
use store::tokens::Token;

use crate::Hands;
use crate::cli::TokenVerb;
use crate::output::{list, moment, or_dash};

pub(super) async fn run(hands: &Hands, verb: TokenVerb) -> anyhow::Result<()> {
    let app = hands.app().await?;
    let by = By::Operator(&hands.actor);
    match verb {
        TokenVerb::Create(args) => {
            let owner = app::users::user(&app, &args.owner).await?.user.id;
            let wish = tokens::Wish {
                name: args.name,
                scopes: args.scopes,
                expires_at: app.now() + SignedDuration::from_hours(24 * i64::from(args.days)),
            };
            let (token, secret) = tokens::create(&app, by, owner, &wish).await?;
            let secret = secret.expose_secret();
            let shown =
                serde_json::json!({ "id": token.id, "token": secret, "expires_at": token.expires_at });
            hands.output.show(&shown, || {
                format!(
                    "{secret}\nСохраните: больше он не будет показан. Действует до {}",
                    moment(token.expires_at)
                )
            })
        }
        TokenVerb::List => all(hands, &app, by).await,
        TokenVerb::Revoke { id } => {
            let token = tokens::revoke(&app, by, TokenId::new(id)).await?;
            hands.output.show(&view(&token), || format!("Токен {} «{}» отозван", token.prefix, token.name))
        }
    }
}

fn view(token: &Token) -> serde_json::Value {
    serde_json::json!({
        "id": token.id, "user": token.user, "name": token.name, "prefix": token.prefix,
        "scopes": token.scopes, "created_at": token.created_at, "expires_at": token.expires_at,
        "last_used_at": token.last_used_at, "revoked_at": token.revoked_at,
    })
}

async fn all(hands: &Hands, app: &App, by: By<'_>) -> anyhow::Result<()> {
    let tokens = tokens::all(app, by).await?;
    let shown: Vec<_> = tokens.iter().map(view).collect();
    hands.output.show(&shown, || {
        let rows = tokens.iter().map(|token| {
            let state = match token.revoked_at {
                Some(at) => format!("отозван {}", moment(at)),
                None if token.expires_at <= app.now() => "закончился".to_owned(),
                None => format!("до {}", moment(token.expires_at)),
            };
            let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
            vec![
                format!("{}…", token.prefix),
                token.name.clone(),
                scopes.join(", "),
                state,
                or_dash(token.last_used_at.map(moment)),
                token.id.to_string(),
            ]
        });
        list(&["Начало", "Имя", "Разрешения", "Действует", "Использован", "ID"], rows, "Токенов нет")
    })
}
