//! `/r`: the links by which partners invite.

pub mod qr;
pub mod visit;

use app::links::Clicks;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use domain::ids::PartnerId;
use domain::link::{Destinations, LinkKey, PublicUrl, Window};
use domain::partner::ReferralCode;
use url::form_urlencoded;

use crate::Web;

/// What the links of partners need.
#[derive(Debug, Clone)]
pub struct Links {
    /// Where the links lead to us.
    pub public_url: PublicUrl,
    /// Where visitors are sent on.
    pub destinations: Destinations,
    /// For how long the first touch holds.
    pub window: Window,
    /// Signs first touches.
    pub key: LinkKey,
    /// Where clicks are counted.
    pub clicks: Clicks,
}

/// The most fields of a query that are looked at.
const MOST_FIELDS: usize = 50;

/// The fields of a query, decoded.
fn fields(query: Option<&str>) -> Vec<(String, String)> {
    let fields = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    fields.take(MOST_FIELDS).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// The first field of a name.
fn field<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Whose link it is.
enum Owner {
    /// The link of a partner.
    Partner(PartnerId, ReferralCode),
    /// Nobody's, or not of the form of a link at all: told apart by nothing.
    Nobody,
    /// The database does not answer.
    Unknown,
}

/// Finds whose link it is.
async fn owner(web: &Web, code: Result<Path<String>, PathRejection>) -> Owner {
    let Some(code) = code.ok().and_then(|Path(code)| ReferralCode::parse(&code).ok()) else {
        return Owner::Nobody;
    };
    match app::links::owner(&web.app, &code).await {
        Ok(Some(partner)) => Owner::Partner(partner, code),
        Ok(None) => Owner::Nobody,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "could not look a link up");
            Owner::Unknown
        }
    }
}
