//! The same job in other programs, over the same history.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::history::{self, Activity};
use crate::measure::{self, Measured};

/// How many orders the databases are given unless told otherwise.
pub(crate) const ORDERS: u32 = 10_000_000;
/// Of these, how many a recursive query gets at most.
pub(crate) const ORDERS_RECURSIVE: u32 = 1_000_000;
/// How many a program in Python that goes line by line.
pub(crate) const ORDERS_BY_LINE: u32 = 50_000;

/// Writes a history as a folder of columns, each a file of little-endian 64-bit integers.
pub(crate) fn write(folder: &Path, partners: u32, orders: u32) -> anyhow::Result<()> {
    let column = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    let put = |file: &mut BufWriter<File>, value: i64| Ok(file.write_all(&value.to_le_bytes())?);
    let mut sponsors = column("partners.sponsor")?;
    let [mut seats, mut from, mut until] =
        [column("spans.seat")?, column("spans.from")?, column("spans.until")?];
    let mut seat = 0;
    history::partners(partners, Activity::Dated, |sponsor, spans| {
        put(&mut sponsors, sponsor.map_or(-1, i64::from))?;
        for span in spans {
            put(&mut seats, seat)?;
            put(&mut from, span.from.as_microsecond())?;
            put(&mut until, span.until.as_microsecond())?;
        }
        seat += 1;
        Ok(())
    })?;
    let [mut buyers, mut ats, mut bases] =
        [column("orders.buyer")?, column("orders.at")?, column("orders.base")?];
    history::orders(partners, orders, |buyer, at, base| {
        put(&mut buyers, i64::from(buyer))?;
        put(&mut ats, at.as_microsecond())?;
        put(&mut bases, base.minor())
    })?;
    for mut file in [sponsors, seats, from, until, buyers, ats, bases] {
        file.flush()?;
    }
    Ok(())
}

/// Runs a peer over such a folder.
pub(crate) fn run(script: &str, folder: &Path) -> anyhow::Result<Measured> {
    let python = std::env::var_os("NANOREM_PEERS_PYTHON").context("NANOREM_PEERS_PYTHON names no Python")?;
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(script);
    let output = Command::new(python).arg("-B").arg(&script).arg(folder).output()?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        script.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    measure::parse(String::from_utf8(output.stdout)?.trim())
}
