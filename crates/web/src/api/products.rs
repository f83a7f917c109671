//! `/api/v1/products`: the catalogue; costs, points and what was asked before are for the office.

use app::catalog::{self, ProductFacts};
use axum::Json;
use axum::extract::State;
use domain::access::Permission;
use domain::catalog::{Product, ProductKind, ProductTerms, Sku, Volume};
use domain::lang::Text;
use domain::money::{Money, MoneyError};
use domain::page::{Key, Place};
use domain::text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Asker;
use super::extract::{ApiJson, ApiPath, ApiQuery, Wrong};
use super::guard::guarded;
use super::paging::{Asked, PageBody, Paged, Paging, sorted};
use super::partners::searchable;
use super::single::Single;
use super::words::{Amount, CURRENCY, Instant, currency, word};
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(guarded(Permission::CatalogueRead, routes!(list)))
        .routes(guarded(Permission::CatalogueRead, routes!(one)))
        .routes(guarded(Permission::ProductsRead, routes!(prices)))
        .routes(guarded(Permission::ProductsWrite, routes!(put)))
}

/// A product with its terms in force now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product)]
struct ProductBody {
    /// The article.
    #[schema(example = "RVS-E-50")]
    sku: String,
    /// The name on screens.
    #[schema(example = "РВС для двигателя, 50 мл")]
    name: String,
    /// The shop's category.
    #[schema(example = "Составы")]
    category: String,
    /// The list price of a piece.
    price: Amount,
    /// The currency of the amounts.
    #[schema(example = "RUB")]
    currency: &'static str,
    /// What only the office sees; `null` to others.
    office: Option<OfficeBody>,
}

/// What only the office sees of a product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductOffice)]
struct OfficeBody {
    /// `goods`, or `fee`, which is never a base of commissions.
    #[schema(example = "goods")]
    kind: String,
    /// The cost of a piece.
    cost: Amount,
    /// The points of a piece.
    #[schema(example = "60.25")]
    volume: Amount,
    /// Since when these terms hold.
    since: Instant,
}

impl ProductBody {
    fn of(product: &Product, asker: &Asker) -> Self {
        let office = || OfficeBody {
            kind: word(product.kind),
            cost: product.terms.cost.into(),
            volume: points(product.terms.volume),
            since: product.since.into(),
        };
        Self {
            sku: product.sku.to_string(),
            name: product.name.clone(),
            category: product.category.clone(),
            price: product.terms.price.into(),
            currency: CURRENCY,
            office: asker.caller.may(Permission::ProductsRead).then(office),
        }
    }
}

/// Points are kept in hundredths, as money is.
const fn points(volume: Volume) -> Amount {
    Amount(Money::from_minor(volume.0))
}

/// Which products.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those whose article or name holds this, whatever the case; nothing in it is a wildcard.
    #[param(min_length = 1, max_length = 100, example = "рвс")]
    search: Option<String>,
    /// Only those of this category.
    #[param(example = "Составы")]
    category: Option<String>,
    /// `sku`; `-` before it turns the order around.
    #[param(example = "sku")]
    sort: Option<String>,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Lists products with their terms in force now, by article.
#[utoipa::path(get, path = "/products", operation_id = "list_products", tag = "products", params(ListQuery),
    responses((status = 200, description = "A page of products", body = PageBody<ProductBody>)))]
async fn list(
    State(web): Hands,
    asker: Asker,
    paging: Paging,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Paged<ProductBody>, Problem> {
    let ((), descending) = sorted(query.sort.as_deref(), &[("sku", ())], ((), false))?;
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, descending)?;
    let mut wrong = Wrong::default();
    let search = wrong.optional("search", query.search, searchable).map(|search| search.to_lowercase());
    let category = wrong.optional("category", query.category, searchable);
    wrong.refuse()?;
    let mut products = catalog::list(&web.app).await?;
    products.retain(|product| {
        let holds = |search: &String| {
            product.sku.as_str().to_lowercase().contains(search)
                || product.name.to_lowercase().contains(search)
        };
        search.as_ref().is_none_or(holds)
            && category.as_ref().is_none_or(|category| product.category == *category)
    });
    let place = |product: &Product| Place::of(Key::Text(product.sku.to_string()));
    products.sort_by_key(place);
    if descending {
        products.reverse();
    }
    let page = window.page_of(products, place);
    Ok(paging.answer(page, |product| ProductBody::of(&product, &asker)))
}

fn unknown(sku: &str) -> Problem {
    let sku: String = sku.chars().take(64).collect();
    Problem::unknown("unknown_product", text!("товара {sku} нет", "there is no product {sku}"))
}

/// Shows one product with its terms in force now.
#[utoipa::path(get, path = "/products/{sku}", operation_id = "get_product", tag = "products",
    params(("sku" = String, Path, description = "The article", example = "RVS-E-50")),
    responses(
        (status = 200, description = "The product", body = ProductBody),
        (status = 304, description = "It is as `If-None-Match` knows it"),
        (status = 404, description = "There is no such product", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn one(
    State(web): Hands,
    asker: Asker,
    ApiPath(sku): ApiPath<String>,
) -> Result<Single<ProductBody>, Problem> {
    Ok(Single(ProductBody::of(&now(&web, &sku).await?, &asker)))
}

/// The product of an article as it is now.
async fn now(web: &Web, sku: &str) -> Result<Product, Problem> {
    let at = web.app.now();
    let terms = history(web, sku).await?;
    terms.into_iter().find(|product| product.since <= at).ok_or_else(|| unknown(sku))
}

/// Everything that held of an article, the latest first.
async fn history(web: &Web, sku: &str) -> Result<Vec<Product>, Problem> {
    let parsed = Sku::parse(sku).map_err(|_| unknown(sku))?;
    let terms = catalog::history(&web.app, &parsed).await?;
    if terms.is_empty() { Err(unknown(sku)) } else { Ok(terms) }
}

/// The terms of a product from a date on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductTerms)]
struct TermsBody {
    /// From when on.
    since: Instant,
    /// The list price of a piece.
    price: Amount,
    /// The cost of a piece.
    cost: Amount,
    /// The points of a piece.
    #[schema(example = "60.25")]
    volume: Amount,
    /// The currency of the amounts.
    #[schema(example = "RUB")]
    currency: &'static str,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Lists the terms that a product had and has, the latest first.
#[utoipa::path(get, path = "/products/{sku}/prices", operation_id = "list_prices", tag = "products",
    params(("sku" = String, Path, description = "The article", example = "RVS-E-50"), PageQuery),
    responses(
        (status = 200, description = "A page of terms", body = PageBody<TermsBody>),
        (status = 404, description = "There is no such product", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn prices(
    State(web): Hands,
    paging: Paging,
    ApiPath(sku): ApiPath<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Paged<TermsBody>, Problem> {
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, true)?;
    let terms = history(&web, &sku).await?;
    let page = window.page_of(terms, |product| Place::of(Key::Number(product.since.as_microsecond())));
    Ok(paging.answer(page, |product| TermsBody {
        since: product.since.into(),
        price: product.terms.price.into(),
        cost: product.terms.cost.into(),
        volume: points(product.terms.volume),
        currency: CURRENCY,
    }))
}

/// A product as it is to be from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutBody {
    /// The article; one that is known gets other terms from now on.
    #[schema(example = "RVS-E-50", min_length = 1, max_length = 64)]
    sku: String,
    /// The name on screens, 1 to 200 characters.
    #[schema(example = "РВС для двигателя, 50 мл", min_length = 1, max_length = 200)]
    name: String,
    /// The category, 1 to 100 characters.
    #[schema(example = "Составы", min_length = 1, max_length = 100)]
    category: String,
    /// `goods`, or `fee`, which is never a base of commissions.
    #[schema(example = "goods")]
    kind: String,
    /// The list price of a piece, zero or more.
    #[schema(example = "3900.00")]
    price: String,
    /// The cost of a piece, zero or more.
    #[schema(example = "1950.00")]
    cost: String,
    /// The points of a piece, zero or more.
    #[schema(example = "60.25")]
    volume: String,
    /// The currency of the amounts, `RUB`, which it is also if it is left out.
    #[schema(example = "RUB")]
    currency: Option<String>,
}

impl PutBody {
    fn read(self) -> Result<ProductFacts, Problem> {
        let mut wrong = Wrong::default();
        let sku = wrong.read("/sku", Sku::parse(&self.sku));
        let name = wrong.read("/name", named(&self.name, 200));
        let category = wrong.read("/category", named(&self.category, 100));
        let kind = wrong.read("/kind", kind(&self.kind));
        let price = wrong.read("/price", amount(&self.price));
        let cost = wrong.read("/cost", amount(&self.cost));
        let volume = wrong.read("/volume", amount(&self.volume));
        self.currency.and_then(|text| wrong.read("/currency", currency(&text)));
        let (Some(sku), Some(name), Some(category), Some(kind)) = (sku, name, category, kind) else {
            return Err(wrong.problem());
        };
        let (Some(price), Some(cost), Some(volume)) = (price, cost, volume) else {
            return Err(wrong.problem());
        };
        wrong.refuse()?;
        let terms = ProductTerms { price, cost, volume: Volume(volume.minor()) };
        Ok(ProductFacts { sku, name, category, kind, terms })
    }
}

fn named(text: &str, longest: usize) -> Result<String, Text> {
    let text = text.trim();
    if (1..=longest).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(text!(
        "от 1 до {longest} знаков без управляющих",
        "1 to {longest} characters, none of them a control character"
    ))
}

fn kind(text: &str) -> Result<ProductKind, Text> {
    match text {
        "goods" => Ok(ProductKind::Goods),
        "fee" => Ok(ProductKind::Fee),
        _ => Err(Text::new("goods или fee", "goods or fee")),
    }
}

/// An amount of zero or more.
fn amount(text: &str) -> Result<Money, Text> {
    let amount: Money = text.parse().map_err(|error: MoneyError| Text::from(error))?;
    if amount < Money::ZERO {
        return Err(text!("{amount} меньше нуля", "{amount} is below zero"));
    }
    Ok(amount)
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
struct StoredBody {
    /// `new`, `changed`, or `unchanged`.
    #[schema(example = "changed")]
    outcome: &'static str,
    /// Whether it keeps another name, category or kind than was told: orders were accrued by them.
    kept: bool,
    /// The product as it is now.
    product: ProductBody,
}

/// Puts a product into the catalogue, or gives it other terms from now on.
///
/// Orders are judged by the terms of their own date, so that what was accrued does not change.
#[utoipa::path(post, path = "/products", operation_id = "put_product", tag = "products", request_body = PutBody,
    responses((status = 200, description = "It is stored", body = StoredBody)))]
async fn put(
    State(web): Hands,
    asker: Asker,
    ApiJson(body): ApiJson<PutBody>,
) -> Result<Json<StoredBody>, Problem> {
    let facts = body.read()?;
    let stocked = catalog::put(&web.app, &asker.caller.actor, std::slice::from_ref(&facts)).await?;
    let outcome = match (stocked.new, stocked.changed) {
        (1.., _) => "new",
        (_, 1..) => "changed",
        _ => "unchanged",
    };
    let product = ProductBody::of(&now(&web, facts.sku.as_str()).await?, &asker);
    Ok(Json(StoredBody { outcome, kept: stocked.kept > 0, product }))
}
