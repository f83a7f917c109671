//! `nanorem verify`.

use std::process::ExitCode;

use app::verify::{Report, verify as prove};

use crate::Hands;

pub(super) async fn verify(hands: &Hands) -> anyhow::Result<ExitCode> {
    let report = prove(&hands.app().await?).await?;
    hands.output.show(&report, || text(&report))?;
    Ok(if report.differences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn text(report: &Report) -> String {
    let mut lines = Vec::new();
    for check in &report.checks {
        let mark = if check.differences.is_empty() { "✓" } else { "✗" };
        lines.push(format!("{mark} {:<5} {} ({})", check.id, check.law, check.tried));
        lines.extend(check.differences.iter().map(|difference| format!("        {difference}")));
    }
    let counts = report.counts;
    lines.push(String::new());
    lines.push(format!(
        "Партнёров {}, заказов {} (ждут {}), начислений {}, проводок {}, выплат {}, записей журнала {}",
        counts.partners,
        counts.orders,
        counts.pending,
        counts.accruals,
        counts.transfers,
        counts.payouts,
        counts.audit
    ));
    lines.push(format!("Отпечаток книг {}", report.ledger_sha256));
    lines.push(match report.differences {
        0 => "Книги верны".to_owned(),
        differences => format!("Расхождений: {differences}"),
    });
    lines.join("\n")
}
