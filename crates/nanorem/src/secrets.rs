//! The key under which secrets are sealed: from the settings, or a file beside the database.

use std::path::{Path, PathBuf};

use anyhow::Context;
use app::sealed::SealingKey;
use secrecy::ExposeSecret;

use crate::commands::sqlite_path;
use crate::config::Settings;

/// The key, if there is one: `secrets.key`, else the file `secrets.key_file`, else the file beside a
/// SQLite database.
pub(crate) fn key(settings: &Settings) -> anyhow::Result<Option<SealingKey>> {
    if let Some(key) = &settings.sealing_key {
        return Ok(Some(key.clone()));
    }
    let Some(file) = file(settings) else {
        return Ok(None);
    };
    if !file.exists() && settings.key_file.is_none() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("ключ секретов {} не читается", file.display()))?;
    let key = SealingKey::parse(&text)
        .with_context(|| format!("в файле {} не ключ: нужны 64 шестнадцатеричных знака", file.display()))?;
    Ok(Some(key))
}

/// Makes the key of a SQLite company that has none: a file beside the database that only its owner
/// reads. Gives where it was made.
pub(crate) fn make_if_missing(settings: &Settings) -> anyhow::Result<Option<PathBuf>> {
    if settings.sealing_key.is_some() || settings.key_file.is_some() {
        return Ok(None);
    }
    let Some(file) = file(settings).filter(|file| !file.exists()) else {
        return Ok(None);
    };
    let mut key = [0; 32];
    getrandom::fill(&mut key)
        .map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
    // Readable by its owner alone: the program's mask takes everything from everybody else.
    std::fs::write(&file, format!("{}\n", hex::encode(key)))
        .with_context(|| format!("ключ секретов {} не записан", file.display()))?;
    Ok(Some(file))
}

fn file(settings: &Settings) -> Option<PathBuf> {
    settings.key_file.clone().or_else(|| sqlite_path(settings.database_url.expose_secret()).map(beside))
}

fn beside(database: &Path) -> PathBuf {
    database.with_extension("key")
}
