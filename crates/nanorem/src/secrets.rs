//! The keys under which secrets are sealed: from the settings, or a file beside the database.

use std::path::{Path, PathBuf};

use anyhow::Context;
use app::sealed::Sealer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::link::LinkKey;
use secrecy::{ExposeSecret, SecretString};

use crate::commands::sqlite_path;
use crate::config::Settings;

/// The keys, if there are any: `secrets.key`, else the file `secrets.key_file`, else the file beside a
/// SQLite database. In a file each stands on a line of its own; the first seals, all open.
pub(crate) fn sealer(settings: &Settings) -> anyhow::Result<Option<Sealer>> {
    let Some((keys, file)) = keys(settings)? else { return Ok(None) };
    let parsed = Sealer::parse(keys.iter().map(ExposeSecret::expose_secret));
    let told = || format!("{}: не ключ, нужны 32 байта в base64", file.display());
    Ok(Some(parsed.with_context(told)?))
}

/// What signs first touches of links: `links.cookie_key`, else what the first of the keys gives.
pub(crate) fn link_key(settings: &Settings) -> anyhow::Result<Option<LinkKey>> {
    if let Some(key) = &settings.links.key {
        return Ok(Some(key.clone()));
    }
    let first = keys(settings)?.and_then(|(keys, _)| keys.into_iter().next());
    Ok(first.map(|key| LinkKey::derive(key.expose_secret().as_bytes())))
}

/// The keys as they are written, and where.
fn keys(settings: &Settings) -> anyhow::Result<Option<(Vec<SecretString>, PathBuf)>> {
    if !settings.secrets_keys.is_empty() {
        return Ok(Some((settings.secrets_keys.clone(), PathBuf::from("secrets.key"))));
    }
    let Some(file) = file(settings).filter(|file| file.exists() || settings.key_file.is_some()) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("ключ секретов {} не читается", file.display()))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(Some((lines.map(SecretString::from).collect(), file)))
}

/// Makes the key of a SQLite company that has none: a file beside the database that only its owner
/// reads. Gives where it was made.
pub(crate) fn make_if_missing(settings: &Settings) -> anyhow::Result<Option<PathBuf>> {
    if !settings.secrets_keys.is_empty() || settings.key_file.is_some() {
        return Ok(None);
    }
    let Some(file) = file(settings).filter(|file| !file.exists()) else {
        return Ok(None);
    };
    let mut key = [0; 32];
    getrandom::fill(&mut key)
        .map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
    // Readable by its owner alone: the program's mask takes everything from everybody else.
    std::fs::write(&file, format!("{}\n", STANDARD.encode(key)))
        .with_context(|| format!("ключ секретов {} не записан", file.display()))?;
    Ok(Some(file))
}

fn file(settings: &Settings) -> Option<PathBuf> {
    settings.key_file.clone().or_else(|| sqlite_path(settings.database_url.expose_secret()).map(beside))
}

fn beside(database: &Path) -> PathBuf {
    database.with_extension("key")
}
