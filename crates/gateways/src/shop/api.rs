//! The client of the shop's own API.
//!
//! Paths and shapes are those of the program before this one: `GET /api/products?category=` gives a list of
//! `{id, name, price, description, category}`, `/api/products/{id}` one of them, `/api/orders/{id}` an order,
//! `/api/health` 200; each with `Authorization: Bearer KEY`. What the fields are called is in the settings.

mod asked;
mod orders;
mod products;

use std::sync::Arc;
use std::time::Duration;

use app::ports::catalogue::{Catalogue, Listing, Marks, Progress, Reading, SourceError, Watch};
use domain::lang::Text;
use domain::offer::Source;
use domain::order::ExternalId;
use domain::text;
use futures::future::{BoxFuture, FutureExt as _};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

pub use asked::{AskedApi, StateWords};
pub use orders::{OrderFields, OrderSeen};
pub use products::{PriceUnit, ProductFields, ProductSeen};

use super::{json, sum};
use crate::outward::{Answer, Outward, OutwardError, OutwardUrl, Request};

/// How the fields of the API are called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApiFields {
    /// Of products.
    pub product: ProductFields,
    /// Of orders.
    pub order: OrderFields,
}

/// The client.
#[derive(Clone)]
pub struct Api {
    outward: Outward,
    base: OutwardUrl,
    key: Option<Arc<SecretString>>,
    category: Option<String>,
    fields: ApiFields,
    patience: Duration,
}

/// How long one call may take.
const LONGEST: Duration = Duration::from_secs(10);
/// How large a list of products may be, in bytes.
const MOST_BYTES: usize = 32 * 1024 * 1024;

impl Api {
    /// A client of the shop at this address. `category` asks for the products of one category only.
    pub fn new(
        outward: Outward,
        base: OutwardUrl,
        key: Option<SecretString>,
        category: Option<String>,
        fields: ApiFields,
    ) -> Self {
        Self { outward, base, key: key.map(Arc::new), category, fields, patience: LONGEST }
    }

    /// Waits for an answer no longer than this, instead of ten seconds.
    #[must_use]
    pub fn within(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Whether the shop says that it is well.
    ///
    /// # Errors
    /// [`SourceError`] if it does not answer, or otherwise than with 200.
    pub async fn health(&self) -> Result<(), SourceError> {
        let answer = self.ask(&["api", "health"], &[], None).await?;
        told(&answer).map(|_| ())
    }

    /// One product, as the settings make the program understand it; `None` if the shop has none such.
    ///
    /// # Errors
    /// [`SourceError`]
    pub async fn product(&self, id: &ExternalId) -> Result<Option<ProductSeen>, SourceError> {
        let Some(body) = self.one("products", id).await? else { return Ok(None) };
        let whole = json::whole(&body).map_err(SourceError::Unreadable)?;
        Ok(Some(self.fields.product.seen(whole)))
    }

    /// The first product of the list, as the settings make the program understand it, and how many there are.
    ///
    /// # Errors
    /// [`SourceError`]
    pub async fn first_product(&self) -> Result<(Option<ProductSeen>, usize), SourceError> {
        let answer = self.products(None).await?;
        let body = told(&answer)?;
        let whole = json::whole(body).map_err(SourceError::Unreadable)?;
        let items = self.fields.product.items(whole).map_err(SourceError::Unreadable)?;
        Ok((items.first().map(|item| self.fields.product.seen(item)), items.len()))
    }

    /// An order as the shop has it now; `None` if the shop has none such.
    ///
    /// # Errors
    /// [`SourceError`]; a field that cannot be read is [`SourceError::Unreadable`] with its name.
    pub async fn order(&self, id: &ExternalId) -> Result<Option<OrderSeen>, SourceError> {
        let Some(body) = self.one("orders", id).await? else { return Ok(None) };
        let whole = json::whole(&body).map_err(SourceError::Unreadable)?;
        self.fields.order.read(whole).map(Some).map_err(SourceError::Unreadable)
    }

    async fn one(&self, kind: &str, id: &ExternalId) -> Result<Option<Vec<u8>>, SourceError> {
        let answer = self.ask(&["api", kind, id.as_str()], &[], None).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        told(&answer).map(|body| Some(body.to_vec()))
    }

    async fn products(&self, known: Option<&Marks>) -> Result<Answer, SourceError> {
        let category = self.category.as_deref().map(|category| ("category", category));
        self.ask(&["api", "products"], category.as_slice(), known).await
    }

    async fn ask(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        known: Option<&Marks>,
    ) -> Result<Answer, SourceError> {
        let wrong = |error: domain::outward::OutwardUrlError| SourceError::Refused(Text::from(error));
        let mut to = self.base.join(path).map_err(wrong)?;
        if !query.is_empty() {
            to = to.with_query(query);
        }
        let request = Request::get(to).within(self.patience).at_most(MOST_BYTES);
        let request = asked(request, known, self.key.as_deref()).map_err(|error| failed(&error))?;
        self.outward.send(request).await.map_err(|error| failed(&error))
    }
}

/// The request with the key and with the marks of what is known.
pub(super) fn asked(
    mut request: Request,
    known: Option<&Marks>,
    key: Option<&SecretString>,
) -> Result<Request, OutwardError> {
    if let Some(key) = key {
        request = request.bearer(key.expose_secret())?;
    }
    if let Some(etag) = known.and_then(|known| known.etag.as_deref()) {
        request = request.header("if-none-match", etag)?;
    }
    if let Some(modified) = known.and_then(|known| known.last_modified.as_deref()) {
        request = request.header("if-modified-since", modified)?;
    }
    Ok(request)
}

/// The marks of an answer; long ones are nobody's.
pub(super) fn marks(answer: &Answer) -> Marks {
    let header = |name| answer.header(name).filter(|value| value.len() <= 200).map(str::to_owned);
    Marks { etag: header("etag"), last_modified: header("last-modified") }
}

pub(super) fn failed(error: &OutwardError) -> SourceError {
    SourceError::Unreachable(match error {
        OutwardError::Timeout(time) => {
            let seconds = time.as_secs();
            text!("нет ответа за {seconds} с", "no answer within {seconds} s")
        }
        OutwardError::NotReachable(host) => text!(
            "имя {host} ведёт на адреса, к которым программа не ходит",
            "name {host} leads to addresses that the program does not call"
        ),
        OutwardError::Connect(_) => text!("нет соединения: {error}", "no connection: {error}"),
        OutwardError::Exchange(_) => text!("ответ оборвался", "the answer broke off"),
        other => text!("запрос не отправлен: {other}", "the request was not sent: {other}"),
    })
}

/// The body of an answer that is a right one and whole.
pub(super) fn told(answer: &Answer) -> Result<&[u8], SourceError> {
    let status = answer.status;
    match status {
        200 if answer.is_cut => {
            let most = answer.body.len();
            Err(SourceError::Unreadable(text!(
                "ответ больше {most} байт",
                "the answer is larger than {most} bytes"
            )))
        }
        200 => Ok(&answer.body),
        _ => Err(refused(status)),
    }
}

pub(super) fn refused(status: u16) -> SourceError {
    SourceError::Refused(match status {
        300..=399 => text!(
            "ответ {status}: перенаправляет в другое место, а программа за перенаправлениями не ходит; укажите конечный адрес",
            "answer {status}: it redirects, and the program follows no redirects; name the final address"
        ),
        401 | 403 => text!(
            "ответ {status}: ключ не принят (NANOREM_SHOP_API_KEY)",
            "answer {status}: the key is not accepted (NANOREM_SHOP_API_KEY)"
        ),
        _ => text!("ответ {status}", "answer {status}"),
    })
}

impl Catalogue for Api {
    fn source(&self) -> Source {
        Source::Api
    }

    fn read_as(&self) -> String {
        let Self { base, category, fields, .. } = self;
        // An address may hold a key: what is kept only has to differ when the settings do.
        let settings = format!("{} {category:?} {:?}", base.as_str(), fields.product);
        sum::of(&settings)
    }

    fn read<'a>(
        &'a self,
        known: Option<&'a Marks>,
        watch: &'a Watch<'a>,
    ) -> BoxFuture<'a, Result<Reading, SourceError>> {
        async move {
            let answer = self.products(known).await?;
            if answer.status == 304 && known.is_some() {
                return Ok(Reading::Unchanged);
            }
            let body = told(&answer)?;
            let whole = json::whole(body).map_err(SourceError::Unreadable)?;
            let rows = self.fields.product.rows(whole).map_err(SourceError::Unreadable)?;
            let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
            watch(Progress { bytes: count(body.len()), of_bytes: None, rows: count(rows.len()) });
            let digest = Sha256::digest(body).into();
            Ok(Reading::Told(Listing { rows, is_whole: true, told_at: None, digest, marks: marks(&answer) }))
        }
        .boxed()
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("base", &self.base).field("fields", &self.fields).finish_non_exhaustive()
    }
}
