//! `nanorem demo`: a company made up from a fixed seed, then the server.

mod company;
mod office;

use std::fmt::Write as _;

use anyhow::Context;
use app::App;
use domain::link::LinkKey;
use domain::webhook::{Secret, Secrets};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use store::Store;
use web::limits::Proxies;

use super::serve::{self, Face};
use crate::Hands;
use crate::cli::DemoArgs;
use crate::config::LinkSettings;
use crate::output::print;

/// Signs the demo's own orders only; it protects nothing.
const SECRET: &str = "whsec_ZGVtby1zZWNyZXQtZGVtby1zZWNyZXQtZGVtby1zZWM=";

pub(super) async fn demo(args: &DemoArgs) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.folder)?;
    let file = std::path::absolute(args.folder.join("demo.db"))?;
    let app = Hands::connect(Store::connect(&format!("sqlite://{}", file.display())).await)?;
    app.store.migrate().await?;
    let secret = Secret::parse(SECRET).context("the demo's secret")?;
    if args.curl {
        return print(&curl(app.now(), &secret, args));
    }
    let listener = serve::bind(args.listen).await?;
    if app::figures::figures(&app).await?.partners == 0 {
        company::make(&app, &secret).await?;
    }
    print(&welcome(&app, &secret, args, &file).await?)?;
    let links = LinkSettings { key: Some(LinkKey::derive(SECRET.as_bytes())), ..LinkSettings::default() };
    let face = Face {
        secrets: Secrets { standard: vec![secret], legacy: None },
        public_url: None,
        proxies: Proxies::default(),
        links,
    };
    serve::run(app, face, app::outbox::Couriers::default(), Vec::new(), listener).await
}

async fn welcome(
    app: &App,
    secret: &Secret,
    args: &DemoArgs,
    file: &std::path::Path,
) -> anyhow::Result<String> {
    let counted = app::figures::figures(app).await?;
    let address = args.listen;
    let token = office::token(app).await?;
    let now = app.now();
    let (orders, paid, _) = counted.orders;
    Ok(format!(
        "Демонстрационная компания готова: партнёров {}, заказов {orders} (оплачено {paid}), начислений {}\n\n\
         Сервер      http://{address}\n\
         Жив         http://{address}/livez\n\
         Готов       http://{address}/readyz\n\
         Показатели  http://{address}/metrics\n\
         API         http://{address}/api/v1/docs/\n\n\
         Посмотрите партнёров по API (токен действует сутки):\n\n\
         curl -sS -H 'Authorization: Bearer {token}' 'http://{address}/api/v1/partners?limit=3'\n\n\
         Отправьте подписанный оплаченный заказ (подпись действует 5 минут; новую строку даст {again}):\n\n{}\n\n\
         Что с ним стало — в другом окне:\n\n  export NANOREM_DATABASE_URL=sqlite://{}\n  \
         nanorem order show {}\n  nanorem partner statement NR00001\n  nanorem verify\n",
        counted.partners,
        counted.accruals.1,
        curl(now, secret, args),
        file.display(),
        order_id(now),
        again = again(args),
        token = token.expose_secret(),
    ))
}

/// Names the demo's next order by the instant, so that a line printed later is another order.
fn order_id(now: Timestamp) -> String {
    format!("DEMO-{}", now.as_millisecond())
}

/// The command that prints another line for this demo.
fn again(args: &DemoArgs) -> String {
    let mut command = "nanorem demo --curl".to_owned();
    let usual = DemoArgs::default();
    if args.folder != usual.folder {
        let _ = write!(command, " --folder {}", args.folder.display());
    }
    if args.listen != usual.listen {
        let _ = write!(command, " --listen {}", args.listen);
    }
    command
}

/// A line for the shell that sends a signed paid order.
fn curl(now: Timestamp, secret: &Secret, args: &DemoArgs) -> String {
    let id = order_id(now);
    let body = company::paid_order(&id, company::DEEPEST, &[("RVS-E-50", 2, "3900.00")], now).to_string();
    let signature = secret.sign(&id, now, body.as_bytes());
    format!(
        "curl -sS http://{}/hooks/shop -H 'content-type: application/json' -H 'webhook-id: {id}' \
         -H 'webhook-timestamp: {}' -H 'webhook-signature: {signature}' -d '{body}'",
        args.listen,
        now.as_second()
    )
}
