//! Catalogues that stand somewhere as files: on this machine, or behind an address.
//!
//! What comes over HTTP is first kept in a temporary file, so that its size costs no memory; both are then
//! read as streams, away from the threads that serve.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use app::ports::catalogue::{Catalogue, Listing, Marks, Progress, Reading, SourceError, Watch};
use domain::offer::Source;
use domain::text;
use futures::future::{BoxFuture, FutureExt as _};
use tokio::sync::watch;

use super::api::{asked, failed, marks, refused};
use super::commerceml::{self, CommerceMl};
use super::sum;
use super::xml::unreadable;
use super::yml::{self, Yml};
use crate::outward::{Kept, Outward, OutwardUrl, Request};

/// The largest catalogue, in bytes, as it is read (decoded).
pub(super) const MOST_BYTES: u64 = 1024 * 1024 * 1024;
/// The most products of a catalogue.
pub(super) const MOST_ROWS: usize = 1_000_000;
/// How many files an export may have.
const MOST_FILES: usize = 1_000;
/// How long one file may take to come.
const LONGEST: Duration = Duration::from_mins(10);

pub(super) fn too_many() -> SourceError {
    unreadable(text!("записей больше {MOST_ROWS}", "there are more than {MOST_ROWS} rows"))
}

/// Where a catalogue stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file; for `CommerceML` a folder too, of which every `*.xml` is read.
    Path(PathBuf),
    /// Addresses; YML has one, an export of `CommerceML` may have several.
    Urls(Vec<OutwardUrl>),
}

/// How a catalogue is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// YML.
    Yml(Yml),
    /// `CommerceML`.
    CommerceMl(CommerceMl),
}

/// A catalogue that stands somewhere as files.
#[derive(Debug, Clone)]
pub struct Feed {
    /// The way out, for addresses.
    pub outward: Outward,
    /// Where it stands.
    pub origin: Origin,
    /// How it is written.
    pub format: Format,
}

impl Catalogue for Feed {
    fn source(&self) -> Source {
        match self.format {
            Format::Yml(_) => Source::Yml,
            Format::CommerceMl(_) => Source::CommerceMl,
        }
    }

    fn read_as(&self) -> String {
        let origin = match &self.origin {
            Origin::Path(path) => path.display().to_string(),
            Origin::Urls(urls) => urls.iter().map(OutwardUrl::as_str).collect::<Vec<_>>().join(" "),
        };
        // An address may hold a key: what is kept only has to differ when the settings do.
        let settings = format!("{origin} {:?}", self.format);
        sum::of(&settings)
    }

    fn read<'a>(
        &'a self,
        known: Option<&'a Marks>,
        watch: &'a Watch<'a>,
    ) -> BoxFuture<'a, Result<Reading, SourceError>> {
        async move {
            match &self.origin {
                Origin::Path(path) => self.read_files(files_at(path)?, watch).await.map(Reading::Told),
                Origin::Urls(urls) => self.read_urls(urls, known, watch).await,
            }
        }
        .boxed()
    }
}

impl Feed {
    async fn read_urls(
        &self,
        urls: &[OutwardUrl],
        known: Option<&Marks>,
        watch: &Watch<'_>,
    ) -> Result<Reading, SourceError> {
        // The marks of one file say nothing of another.
        let is_one = urls.len() == 1;
        let known = known.filter(|_| is_one);
        let mut files = Vec::new();
        let mut seen = Marks::default();
        for url in urls {
            match self.fetch(url, known, watch).await? {
                None => return Ok(Reading::Unchanged),
                Some((file, told)) => {
                    files.push((name_of(url), file));
                    if is_one {
                        seen = told;
                    }
                }
            }
        }
        let listing = self.read_files(files, watch).await?;
        Ok(Reading::Told(Listing { marks: seen, ..listing }))
    }

    /// Brings a file here; `None` if it has not changed.
    async fn fetch(
        &self,
        url: &OutwardUrl,
        known: Option<&Marks>,
        watch: &Watch<'_>,
    ) -> Result<Option<(File, Marks)>, SourceError> {
        let most = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX);
        let request = Request::get(url.clone()).within(LONGEST).at_most(most);
        let request = asked(request, known, None).map_err(|error| failed(&error))?;
        let progress = |bytes, of_bytes| watch(Progress { bytes, of_bytes, rows: 0 });
        let Kept { answer, file } =
            self.outward.keep(request, &progress).await.map_err(|error| failed(&error))?;
        match answer.status {
            304 if known.is_some() => Ok(None),
            200 if answer.is_cut => Err(unreadable(text!(
                "каталог больше {MOST_BYTES} байт",
                "the catalogue is larger than {MOST_BYTES} bytes"
            ))),
            200 => Ok(Some((file, marks(&answer)))),
            status => Err(refused(status)),
        }
    }

    /// Reads files on a thread of their own.
    async fn read_files(
        &self,
        files: Vec<(String, File)>,
        watch: &Watch<'_>,
    ) -> Result<Listing, SourceError> {
        let (tell, mut told) = watch::channel(Progress::default());
        let format = self.format.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let watch = move |progress| {
                tell.send_replace(progress);
            };
            match &format {
                Format::Yml(yml) => {
                    let (_, file) = files.into_iter().next().ok_or_else(nothing)?;
                    yml::read(file, *yml, &watch)
                }
                Format::CommerceMl(commerceml) => commerceml::read(files, commerceml, &watch),
            }
        });
        while told.changed().await.is_ok() {
            let progress = *told.borrow_and_update();
            watch(progress);
        }
        reading.await.unwrap_or_else(|error| {
            Err(unreadable(text!("чтение прервалось: {error}", "the reading broke off: {error}")))
        })
    }
}

fn nothing() -> SourceError {
    SourceError::Unreachable(text!("файлов нет", "there are no files"))
}

/// The last part of an address's path: the file's name.
fn name_of(url: &OutwardUrl) -> String {
    let path = url.as_str().split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().chars().take(100).collect()
}

/// The file at a path, or the XML files of the folder there, by name.
fn files_at(path: &Path) -> Result<Vec<(String, File)>, SourceError> {
    let failed = |path: &Path, error: std::io::Error| {
        let path = path.display();
        SourceError::Unreachable(text!("{path}: {error}", "{path}: {error}"))
    };
    let name =
        |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !path.is_dir() {
        return Ok(vec![(name(path), File::open(path).map_err(|error| failed(path, error))?)]);
    }
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|error| failed(path, error))? {
        let found = entry.map_err(|error| failed(path, error))?.path();
        if found.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml")) && found.is_file()
        {
            paths.push(found);
        }
    }
    if paths.is_empty() || paths.len() > MOST_FILES {
        let (path, count) = (path.display(), paths.len());
        return Err(SourceError::Unreachable(text!(
            "в папке {path} файлов *.xml {count}, а нужно от 1 до {MOST_FILES}",
            "folder {path} has {count} files *.xml; it needs 1 to {MOST_FILES}"
        )));
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| Ok((name(&path), File::open(&path).map_err(|error| failed(&path, error))?)))
        .collect()
}
