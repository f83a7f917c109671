//! `nanorem doctor`: is everything ready, and what to do where it is not.

use std::process::ExitCode;

use app::{App, figures, plans};
use secrecy::ExposeSecret;
use serde::Serialize;
use store::{Backend, Store};

use crate::Hands;
use crate::output::moment;

#[derive(Serialize)]
struct Finding {
    what: &'static str,
    state: State,
    told: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Good,
    Warning,
    Bad,
}

pub(super) async fn doctor(hands: &Hands) -> anyhow::Result<ExitCode> {
    let mut findings = vec![finding("Настройки", State::Good, "прочитаны, ошибок нет")];
    match Hands::connect(Store::open(hands.settings.database_url.expose_secret()).await) {
        Ok(app) => {
            let app = hands.sealing(app)?;
            if database(&app, &mut findings).await? {
                outgoing(&app, &mut findings).await?;
            }
        }
        Err(error) => {
            let told = format!("не открывается: {error:#}. Новая база: nanorem migrate");
            findings.push(finding("База данных", State::Bad, &told));
        }
    }
    findings.push(if hands.settings.secrets.is_empty() {
        finding(
            "Вебхук магазина",
            State::Warning,
            "секрета нет, /hooks/shop не открыт: задайте NANOREM_SHOP_WEBHOOK_SECRETS",
        )
    } else {
        finding("Вебхук магазина", State::Good, "секрет задан, /hooks/shop открыт")
    });
    findings.push(links(hands));
    let is_bad = findings.iter().any(|finding| finding.state == State::Bad);
    hands.output.show(&findings, || {
        let mark = |state| match state {
            State::Good => "✓",
            State::Warning => "!",
            State::Bad => "✗",
        };
        let lines = findings
            .iter()
            .map(|finding| format!("{} {}: {}", mark(finding.state), finding.what, finding.told));
        lines.collect::<Vec<_>>().join("\n")
    })?;
    Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn finding(what: &'static str, state: State, told: &str) -> Finding {
    Finding { what, state, told: told.to_owned() }
}

/// Whether the links of partners lead to us from outside, and are remembered.
fn links(hands: &Hands) -> Finding {
    let settings = &hands.settings;
    match (&settings.public_url, crate::secrets::link_key(settings).ok().flatten()) {
        (Some(url), Some(_)) => finding("Ссылки партнёров", State::Good, &format!("{url}/r/КОД")),
        (Some(_), None) => finding(
            "Ссылки партнёров",
            State::Warning,
            "первый пригласивший забывается при перезапуске: задайте NANOREM_LINKS_COOKIE_KEY",
        ),
        (None, _) => {
            finding("Ссылки партнёров", State::Warning, "ведут на эту машину: задайте http.public_url")
        }
    }
}

/// Gives whether the tables are up to date.
async fn database(app: &App, findings: &mut Vec<Finding>) -> anyhow::Result<bool> {
    let backend = match app.store.backend() {
        Backend::Sqlite => "SQLite",
        Backend::Postgres => "PostgreSQL",
    };
    let pending = app.store.pending_migrations().await?;
    if pending > 0 {
        let told = format!("{backend}, отстаёт на {pending} миграций: nanorem migrate");
        findings.push(finding("База данных", State::Bad, &told));
        return Ok(false);
    }
    findings.push(finding("База данных", State::Good, &format!("{backend}, таблицы в порядке")));
    let counted = figures::figures(app).await?;
    let timeline = plans::timeline(app, &mut app.store.begin_read().await?).await?;
    findings.push(match timeline.in_force(app.now()) {
        Some((version, _)) => finding("План", State::Good, &format!("действует {}", version.name)),
        None => {
            finding("План", State::Bad, "ни один не действует: nanorem plan activate nanorem-12 --from ДАТА")
        }
    });
    let (waiting, dead) = (counted.jobs_waiting, counted.jobs_dead);
    let state = if dead > 0 { State::Bad } else { State::Good };
    findings.push(finding("Задания", state, &format!("ждёт {waiting}, не удалось {dead}")));
    let (refused, conflicts) = figures::troubled_webhooks(app).await?;
    if refused + conflicts > 0 {
        let told = format!("отказано {refused}, противоречат известному {conflicts}: nanorem webhooks");
        findings.push(finding("Непринятые вебхуки", State::Warning, &told));
    }
    if let Some(report) = app::reconcile::latest(app).await? {
        let told = format!(
            "{}: сверено {}, без ответа {}, расхождений {}: nanorem shop reconciliations",
            crate::output::moment(report.made_at),
            report.compared,
            report.unanswered,
            report.differing
        );
        let is_good = report.differing == 0 && report.unanswered == 0;
        findings.push(finding(
            "Сверка с магазином",
            if is_good { State::Good } else { State::Warning },
            &told,
        ));
    }
    let disputed = app::orders::count_disputed(app).await?;
    if disputed > 0 {
        let told = format!("партнёров назвали в чужих заказах: {disputed}, см. nanorem order disputes");
        findings.push(finding("Спорные заказы", State::Warning, &told));
    }
    let (orders, ..) = counted.orders;
    let told = format!("партнёров {}, заказов {orders}, начислений {}", counted.partners, counted.accruals.1);
    findings.push(finding("Компания", State::Good, &told));
    Ok(true)
}

/// Endpoints, what is on its way to them, and the key of their secrets.
async fn outgoing(app: &App, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    let (endpoints, unreadable) = app::endpoints::unreadable(app).await?;
    let has_key = app.sealer().is_some();
    findings.push(match (has_key, unreadable) {
        (true, 0) => finding("Ключ секретов", State::Good, "есть, всё открывается"),
        (true, _) => {
            let told = format!(
                "секреты {unreadable} из {endpoints} адресов им не открываются: верните прежний ключ через запятую после нового"
            );
            finding("Ключ секретов", State::Bad, &told)
        }
        (false, 0) => finding(
            "Ключ секретов",
            State::Warning,
            "ключа нет, секреты хранить нечем: nanorem migrate (SQLite) или NANOREM_SECRETS_KEY",
        ),
        (false, _) => finding("Ключ секретов", State::Bad, "ключа нет, а секреты адресов есть: верните NANOREM_SECRETS_KEY"),
    });
    for endpoint in app::endpoints::list(app).await? {
        let number = endpoint.number;
        let what = "Исходящие вебхуки";
        if let Some(why) = endpoint.disabled {
            let told = format!("адрес {number} отключён ({why}): nanorem endpoint enable {number}");
            findings.push(finding(what, State::Warning, &told));
        } else if let Some(since) = endpoint.failing_since {
            let told =
                format!("адрес {number} не принимает с {}: nanorem endpoint show {number}", moment(since));
            findings.push(finding(what, State::Warning, &told));
        }
    }
    let (waiting, dead, _) = app::outbox::figures(app).await?;
    let state = if dead > 0 { State::Warning } else { State::Good };
    let told = format!("ждёт {waiting}, не удалось {dead}");
    let told = if dead > 0 { format!("{told}: nanorem outbox list --dead") } else { told };
    findings.push(finding("Исходящие", state, &told));
    Ok(())
}
