//! `nanorem backup` and `nanorem restore`, for SQLite. PostgreSQL has `pg_dump` and its own archive.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use app::verify;
use secrecy::ExposeSecret;
use store::Store;

use super::sqlite_path;
use crate::Hands;

pub(super) async fn backup(hands: &Hands, file: &Path) -> anyhow::Result<()> {
    let app = hands.app().await?;
    if sqlite_path(hands.settings.database_url.expose_secret()).is_none() {
        bail!("копию PostgreSQL снимают командой pg_dump");
    }
    if file.exists() {
        bail!("файл {} уже есть: назовите новый", file.display());
    }
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        bail!("папки {} нет", folder.display());
    }
    app.store.backup(file).await.with_context(|| format!("копию {} снять не удалось", file.display()))?;
    let size = std::fs::metadata(file)?.len();
    let people = || format!("Копия снята: {} ({} КБ)", file.display(), size.div_ceil(1024));
    hands.output.show(&serde_json::json!({ "file": file, "bytes": size }), people)
}

/// Puts a copy in the place of the database, after proving that its books are right.
pub(super) async fn restore(hands: &Hands, file: &Path, force: bool) -> anyhow::Result<()> {
    let url = hands.settings.database_url.expose_secret();
    let Some(target) = sqlite_path(url) else {
        bail!("базу PostgreSQL возвращают командой pg_restore")
    };
    if !file.exists() {
        bail!("файла {} нет", file.display());
    }
    if target.exists() && !force {
        bail!("база {} уже есть: добавьте --force, прежняя останется рядом с именем .old", target.display());
    }
    super::make_folder(url)?;
    let incoming = beside(target, ".incoming");
    std::fs::copy(file, &incoming)
        .with_context(|| format!("копию {} прочитать не удалось", file.display()))?;
    let replaced = replace(target, &incoming).await;
    remove_journal(&incoming);
    if replaced.is_err() {
        std::fs::remove_file(&incoming)?;
    }
    let ledger = replaced?;
    let people = || format!("База возвращена из {}; книги проверены, отпечаток {ledger}", file.display());
    hands.output.show(&serde_json::json!({ "file": file, "ledger_sha256": ledger }), people)
}

/// Proves a copy and puts it in the place of the database, which is kept beside it; gives the digest of
/// its ledger.
async fn replace(target: &Path, incoming: &Path) -> anyhow::Result<String> {
    let ledger = prove(incoming).await?;
    if target.exists() {
        settle_journal(target).await?;
        std::fs::rename(target, free_name(target)?)?;
        remove_journal(target);
    }
    std::fs::rename(incoming, target)?;
    Ok(ledger)
}

/// Opens a copy and verifies its books; gives the digest of its ledger.
async fn prove(file: &Path) -> anyhow::Result<String> {
    let app = Hands::connect(Store::open(&format!("sqlite://{}", file.display())).await)?;
    if !app.store.is_ours().await.context("это не копия базы nanorem")? {
        bail!("это не копия базы nanorem: в файле нет её таблиц");
    }
    app.store.migrate().await?;
    let report = verify::verify(&app).await?;
    app.store.close().await;
    if report.differences > 0 {
        bail!("в копии {} расхождений: она не возвращена", report.differences);
    }
    Ok(report.ledger_sha256)
}

/// Moves what stands in the write-ahead log into the file, so that the file alone is the database.
/// Fails while a server still uses it.
async fn settle_journal(file: &Path) -> anyhow::Result<()> {
    let store = Store::open(&format!("sqlite://{}", file.display())).await?;
    store.close().await;
    if beside(file, "-wal").exists() {
        bail!("база {} ещё открыта: остановите сервер", file.display());
    }
    Ok(())
}

/// The first of `.old`, `.old2`, … that does not exist: a database that was replaced is never lost.
fn free_name(target: &Path) -> anyhow::Result<PathBuf> {
    let suffixes = std::iter::once(".old".to_owned()).chain((2..1_000).map(|number| format!(".old{number}")));
    let mut names = suffixes.map(|suffix| beside(target, &suffix));
    names
        .find(|name| !name.exists())
        .with_context(|| format!("рядом с {} слишком много прежних баз", target.display()))
}

fn remove_journal(file: &Path) {
    for suffix in ["-wal", "-shm"] {
        // There is none after a clean close; a leftover must not be taken for the new file's.
        drop(std::fs::remove_file(beside(file, suffix)));
    }
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
