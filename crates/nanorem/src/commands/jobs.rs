//! `nanorem jobs`.

use anyhow::bail;
use domain::ids::JobId;

use crate::Hands;
use crate::output::{moment, or_dash, table};

pub(super) async fn run(hands: &Hands, revive: Option<String>) -> anyhow::Result<()> {
    let app = hands.app().await?;
    if let Some(id) = revive {
        let Ok(id) = serde_json::from_value::<JobId>(serde_json::Value::String(id.clone())) else {
            bail!("{id:?} — не ID задания: он стоит в первом столбце nanorem jobs");
        };
        if !app::jobs::revive(&app, id).await? {
            bail!("неудавшегося задания {id} нет");
        }
        return super::done(hands, "Задание снова в очереди");
    }
    let jobs = app::jobs::list(&app).await?;
    hands.output.show(&jobs, || {
        if jobs.is_empty() {
            return "Заданий нет".to_owned();
        }
        let rows = jobs.iter().map(|job| {
            let state = if job.dead { "не удалось" } else { "ждёт" };
            vec![
                job.id.to_string(),
                job.kind.clone(),
                job.key.clone(),
                state.to_owned(),
                job.attempts.to_string(),
                moment(job.run_at),
                or_dash(job.last_error.clone()),
            ]
        });
        table(&["ID", "Вид", "К чему", "Состояние", ">Попыток", "Не раньше", "Последняя ошибка"], rows)
    })
}
