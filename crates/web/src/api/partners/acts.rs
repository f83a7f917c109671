//! What staff do with partners: enrol, move, take fees, hold earnings, give ranks, remove.

use app::activity::{FeePayment, Taken, take_fee};
use app::enroll::{Enrolment, SponsorRef, enroll};
use app::people;
use app::sponsors::{Move, Removal, move_partner, remove};
use app::standing::{Decision, Decree, decree};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use domain::access::Permission;
use domain::activity::FeeKind;
use domain::lang::Text;
use domain::order::ExternalId;
use domain::partner::{Email, NamePart, PartnerCode, PersonName, Phone};
use domain::reason::Reason;
use domain::time::{InstantError, parse_instant};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::CardBody;
use super::{refusals, searchable};
use crate::api::caller::Asker;
use crate::api::extract::{ApiJson, ApiPath, Wrong};
use crate::api::guard::guarded;
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    let acts = [
        routes!(enrol),
        routes!(set_sponsor),
        routes!(add_fee),
        routes!(set_hold),
        routes!(set_rank),
        routes!(remove_from_tree),
    ];
    acts.into_iter()
        .fold(OpenApiRouter::new(), |router, act| router.routes(guarded(Permission::PartnersWrite, act)))
}

/// One who joins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnrolBody {
    /// First name, 1 to 150 characters.
    #[schema(example = "Иван", min_length = 1, max_length = 150)]
    first_name: String,
    /// Last name, 1 to 150 characters.
    #[schema(example = "Петров", min_length = 1, max_length = 150)]
    last_name: String,
    /// International, or Russian as people write it.
    #[schema(example = "+79001234567")]
    phone: Option<String>,
    /// His e-mail.
    #[schema(example = "ivan@example.org")]
    email: Option<String>,
    /// The code of his sponsor, who is also the one who invited him. With neither this nor
    /// `referral_code` he is a founder.
    #[schema(example = "NR00001")]
    sponsor: Option<String>,
    /// Instead of `sponsor`: the code of the invitation link by which he came.
    #[schema(example = "ABCDEFGH")]
    referral_code: Option<String>,
    /// His code, where it is known from before; the next free one otherwise.
    #[schema(example = "NR00042")]
    code: Option<String>,
    /// When he joined, where it was before now.
    #[schema(example = "2026-01-10T12:00:00+03:00")]
    joined_at: Option<String>,
}

impl EnrolBody {
    fn read(self) -> Result<Enrolment, Problem> {
        let mut wrong = Wrong::default();
        let first = wrong.read("/first_name", NamePart::parse(&self.first_name));
        let last = wrong.read("/last_name", NamePart::parse(&self.last_name));
        let phone = self.phone.and_then(|text| wrong.read("/phone", Phone::parse(&text)));
        let email = self.email.and_then(|text| wrong.read("/email", Email::parse(&text)));
        let code = self.code.and_then(|text| wrong.read("/code", PartnerCode::parse(&text)));
        let joined_at = self.joined_at.and_then(|text| wrong.read("/joined_at", parse_instant(&text)));
        let sponsor = match (self.sponsor, self.referral_code) {
            (None, None) => Some(SponsorRef::Root),
            (Some(code), None) => wrong.read("/sponsor", PartnerCode::parse(&code)).map(SponsorRef::Partner),
            (None, Some(code)) => wrong.read("/referral_code", code.parse()).map(SponsorRef::Referral),
            (Some(_), Some(_)) => {
                let detail = Text::new("либо sponsor, либо referral_code", "either sponsor or referral_code");
                wrong.read("/referral_code", Err(detail))
            }
        };
        match (first, last, sponsor) {
            (Some(first), Some(last), Some(sponsor)) => {
                wrong.refuse()?;
                Ok(Enrolment { name: PersonName { first, last }, phone, email, sponsor, code, joined_at })
            }
            _ => Err(wrong.problem()),
        }
    }
}

/// Enrols a partner.
#[utoipa::path(post, path = "/partners", operation_id = "enrol_partner", tag = "partners", request_body = EnrolBody,
    responses((status = 201, description = "He has joined; `Location` is his card", body = CardBody)))]
async fn enrol(
    State(web): Hands,
    asker: Asker,
    ApiJson(body): ApiJson<EnrolBody>,
) -> Result<impl IntoResponse, Problem> {
    let partner = enroll(&web.app, &asker.caller.actor, &body.read()?).await?;
    let location = [(header::LOCATION, format!("/api/v1/partners/{}", partner.code))];
    Ok((StatusCode::CREATED, location, card_of(&web, &asker, &partner.code).await?))
}

async fn card_of(web: &Web, asker: &Asker, code: &PartnerCode) -> Result<Json<CardBody>, Problem> {
    let card = people::card(&web.app, code).await?;
    Ok(Json(CardBody::of(&card, asker.caller.may(Permission::PartnersContacts))))
}

fn named(code: &str) -> Result<PartnerCode, Problem> {
    PartnerCode::parse(code).map_err(|_| refusals::unknown(&code))
}

/// A date of a request; now where none is given.
fn instant_or(text: Option<String>, now: Timestamp) -> Result<Timestamp, InstantError> {
    text.map_or(Ok(now), |text| parse_instant(&text))
}

/// Under whom a partner moves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SponsorBody {
    /// The code of the new sponsor; `null` makes the partner a root.
    #[schema(example = "NR00002")]
    #[serde(deserialize_with = "Option::deserialize")]
    sponsor: Option<String>,
    /// From when on; now if it is left out.
    #[schema(example = "2026-02-01T00:00:00+03:00")]
    since: Option<String>,
    /// Why, 1 to 500 characters.
    #[schema(example = "по заявлению партнёра", min_length = 1, max_length = 500)]
    reason: String,
}

/// Moves a partner under another sponsor.
///
/// Who invited whom does not change, and money of orders before the date does not move.
#[utoipa::path(post, path = "/partners/{code}/sponsor", operation_id = "move_partner", tag = "partners",
    params(("code" = String, Path, description = "The partner's code")), request_body = SponsorBody,
    responses(
        (status = 200, description = "He stands there from the date on", body = CardBody),
        (status = 404, description = "There is no such partner", body = crate::problem::ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn set_sponsor(
    State(web): Hands,
    asker: Asker,
    ApiPath(code): ApiPath<String>,
    ApiJson(body): ApiJson<SponsorBody>,
) -> Result<Json<CardBody>, Problem> {
    let partner = named(&code)?;
    let mut wrong = Wrong::default();
    let to = body.sponsor.and_then(|text| wrong.read("/sponsor", PartnerCode::parse(&text)));
    let since = wrong.read("/since", instant_or(body.since, web.app.now()));
    let reason = wrong.read("/reason", Reason::parse(&body.reason));
    let (Some(since), Some(reason)) = (since, reason) else { return Err(wrong.problem()) };
    wrong.refuse()?;
    let wanted = Move { partner: partner.clone(), to, since, reason: reason.to_string() };
    move_partner(&web.app, &asker.caller.actor, &wanted).await?;
    card_of(&web, &asker, &partner).await
}

/// A fee that was paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FeeBody {
    /// `monthly` or `annual`.
    #[schema(example = "annual")]
    kind: String,
    /// When it was paid; now if it is left out.
    #[schema(example = "2026-01-10T12:00:00+03:00")]
    paid_at: Option<String>,
    /// Your number of the payment: the same number again changes nothing.
    #[schema(example = "receipt-17", min_length = 1, max_length = 100)]
    external_id: String,
}

/// What came of a fee.
#[derive(Debug, Serialize, ToSchema)]
struct TakenBody {
    /// Whether it was known before.
    duplicate: bool,
    /// The partner as he stands now.
    partner: CardBody,
}

/// Takes an activity fee.
///
/// The partner is active from its payment, or from the end of what he has paid for.
#[utoipa::path(post, path = "/partners/{code}/fees", operation_id = "take_fee", tag = "partners",
    params(("code" = String, Path, description = "The partner's code")), request_body = FeeBody,
    responses(
        (status = 200, description = "It is taken", body = TakenBody),
        (status = 404, description = "There is no such partner", body = crate::problem::ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn add_fee(
    State(web): Hands,
    asker: Asker,
    ApiPath(code): ApiPath<String>,
    ApiJson(body): ApiJson<FeeBody>,
) -> Result<Json<TakenBody>, Problem> {
    let partner = named(&code)?;
    let mut wrong = Wrong::default();
    let kind = wrong.read("/kind", body.kind.parse::<FeeKind>());
    let paid_at = wrong.read("/paid_at", instant_or(body.paid_at, web.app.now()));
    let external_id = wrong.read("/external_id", ExternalId::parse(&body.external_id));
    let (Some(kind), Some(paid_at), Some(external_id)) = (kind, paid_at, external_id) else {
        return Err(wrong.problem());
    };
    let (source, external_id) = ("api".to_owned(), external_id.to_string());
    let payment = FeePayment { partner: partner.clone(), paid_at, kind, source, external_id };
    let taken = take_fee(&web.app, &asker.caller.actor, &payment).await?;
    let Json(card) = card_of(&web, &asker, &partner).await?;
    Ok(Json(TakenBody { duplicate: taken == Taken::Duplicate, partner: card }))
}

/// Whether a partner's earnings are on hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HoldBody {
    /// `true` holds them back, `false` lets them go.
    held: bool,
    /// From when on; now if it is left out.
    #[schema(example = "2026-02-01T00:00:00+03:00")]
    since: Option<String>,
    /// Why, 1 to 500 characters.
    #[schema(example = "проверка заказов", min_length = 1, max_length = 500)]
    reason: String,
}

/// Puts a partner's earnings on hold, or lets them go.
#[utoipa::path(post, path = "/partners/{code}/hold", operation_id = "hold_partner", tag = "partners",
    params(("code" = String, Path, description = "The partner's code")), request_body = HoldBody,
    responses(
        (status = 200, description = "It holds from the date on", body = CardBody),
        (status = 404, description = "There is no such partner", body = crate::problem::ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn set_hold(
    State(web): Hands,
    asker: Asker,
    ApiPath(code): ApiPath<String>,
    ApiJson(body): ApiJson<HoldBody>,
) -> Result<Json<CardBody>, Problem> {
    let decision = if body.held { Decision::Hold } else { Decision::Release };
    decide(&web, &asker, &code, Some(decision), body.since, &body.reason, Wrong::default()).await
}

/// Which rank a partner holds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RankBody {
    /// The rank, as the plan in force names it; `null` lets the close of a period say it again.
    #[schema(example = "silver")]
    #[serde(deserialize_with = "Option::deserialize")]
    rank: Option<String>,
    /// From when on; now if it is left out.
    #[schema(example = "2026-02-01T00:00:00+03:00")]
    since: Option<String>,
    /// Why, 1 to 500 characters.
    #[schema(example = "по решению директора", min_length = 1, max_length = 500)]
    reason: String,
}

/// Gives a partner a rank, whatever the close of a period finds, or takes it back.
#[utoipa::path(post, path = "/partners/{code}/rank", operation_id = "rank_partner", tag = "partners",
    params(("code" = String, Path, description = "The partner's code")), request_body = RankBody,
    responses(
        (status = 200, description = "It holds from the date on", body = CardBody),
        (status = 404, description = "There is no such partner", body = crate::problem::ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn set_rank(
    State(web): Hands,
    asker: Asker,
    ApiPath(code): ApiPath<String>,
    ApiJson(body): ApiJson<RankBody>,
) -> Result<Json<CardBody>, Problem> {
    let mut wrong = Wrong::default();
    let decision = match body.rank {
        None => Some(Decision::NoRank),
        Some(rank) => wrong.read("/rank", searchable(rank)).map(Decision::Rank),
    };
    decide(&web, &asker, &code, decision, body.since, &body.reason, wrong).await
}

async fn decide(
    web: &Web,
    asker: &Asker,
    code: &str,
    decision: Option<Decision>,
    since: Option<String>,
    reason: &str,
    mut wrong: Wrong,
) -> Result<Json<CardBody>, Problem> {
    let partner = named(code)?;
    let since = wrong.read("/since", instant_or(since, web.app.now()));
    let reason = wrong.read("/reason", Reason::parse(reason));
    let (Some(decision), Some(since), Some(reason)) = (decision, since, reason) else {
        return Err(wrong.problem());
    };
    let wanted = Decree { partner: partner.clone(), decision, since, reason: reason.to_string() };
    decree(&web.app, &asker.caller.actor, &wanted).await?;
    card_of(web, asker, &partner).await
}

/// Why and when a partner is removed from the tree.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RemovalBody {
    /// From when on; now if it is left out.
    #[schema(example = "2026-02-01T00:00:00+03:00")]
    since: Option<String>,
    /// Why, 1 to 500 characters.
    #[schema(example = "год без активности", min_length = 1, max_length = 500)]
    reason: String,
}

/// What came of a removal.
#[derive(Debug, Serialize, ToSchema)]
struct RemovedBody {
    /// How many hang under his sponsor now.
    moved: usize,
}

/// Takes a partner out of the tree after a year without activity.
///
/// Those directly under him hang under his sponsor; he himself stays where he is, with nobody below.
#[utoipa::path(post, path = "/partners/{code}/removal", operation_id = "remove_partner", tag = "partners",
    params(("code" = String, Path, description = "The partner's code")), request_body = RemovalBody,
    responses(
        (status = 200, description = "It holds from the date on", body = RemovedBody),
        (status = 404, description = "There is no such partner", body = crate::problem::ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn remove_from_tree(
    State(web): Hands,
    asker: Asker,
    ApiPath(code): ApiPath<String>,
    ApiJson(body): ApiJson<RemovalBody>,
) -> Result<Json<RemovedBody>, Problem> {
    let partner = named(&code)?;
    let mut wrong = Wrong::default();
    let since = wrong.read("/since", instant_or(body.since, web.app.now()));
    let reason = wrong.read("/reason", Reason::parse(&body.reason));
    let (Some(since), Some(reason)) = (since, reason) else { return Err(wrong.problem()) };
    let wanted = Removal { partner, since, reason: reason.to_string() };
    let moved = remove(&web.app, &asker.caller.actor, &wanted).await?;
    Ok(Json(RemovedBody { moved }))
}
