//! `nanorem demo`: a company made up from a fixed seed, then the server.

mod company;

use anyhow::Context;
use app::App;
use domain::webhook::{Secret, Secrets};
use store::Store;

use super::serve;
use crate::Hands;
use crate::cli::DemoArgs;
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
        return print(&curl(&app, &secret, args));
    }
    let listener = serve::bind(args.listen).await?;
    if app::figures::figures(&app).await?.partners == 0 {
        company::make(&app, &secret).await?;
    }
    print(&welcome(&app, &secret, args, &file).await?)?;
    let secrets = Secrets { standard: vec![secret], legacy: None };
    serve::run(app, secrets, listener).await
}

async fn welcome(
    app: &App,
    secret: &Secret,
    args: &DemoArgs,
    file: &std::path::Path,
) -> anyhow::Result<String> {
    let counted = app::figures::figures(app).await?;
    let address = args.listen;
    let (orders, paid, _) = counted.orders;
    Ok(format!(
        "Демонстрационная компания готова: партнёров {}, заказов {orders} (оплачено {paid}), начислений {}\n\n\
         Сервер      http://{address}\n\
         Жив         http://{address}/livez\n\
         Готов       http://{address}/readyz\n\
         Показатели  http://{address}/metrics\n\n\
         Отправьте подписанный оплаченный заказ (подпись действует 5 минут; новая строка: nanorem demo --curl):\n\n{}\n\n\
         Что с ним стало — в другом окне:\n\n  export NANOREM_DATABASE_URL=sqlite://{}\n  \
         nanorem order show {}\n  nanorem partner statement NR00001\n  nanorem verify\n",
        counted.partners,
        counted.accruals.1,
        curl(app, secret, args),
        file.display(),
        order_id(app),
    ))
}

/// Names the demo's next order by the minute, so that a line printed later is another order.
fn order_id(app: &App) -> String {
    format!("DEMO-{}", app.now().as_second() / 60)
}

/// A line for the shell that sends a signed paid order.
fn curl(app: &App, secret: &Secret, args: &DemoArgs) -> String {
    let now = app.now();
    let id = order_id(app);
    let body = company::paid_order(&id, company::DEEPEST, &[("RVS-E-50", 2, "3900.00")], now).to_string();
    let signature = secret.sign(&id, now, body.as_bytes());
    format!(
        "curl -sS http://{}/hooks/shop -H 'content-type: application/json' -H 'webhook-id: {id}' \
         -H 'webhook-timestamp: {}' -H 'webhook-signature: {signature}' -d '{body}'",
        args.listen,
        now.as_second()
    )
}
