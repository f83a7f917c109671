//! Whether the process lives, and whether it can take work.

use axum::extract::State;
use axum::http::StatusCode;
use domain::lang::Text;

use crate::problem::same;
use crate::{Hands, Problem};

/// The process answers.
pub async fn live() -> &'static str {
    "ok\n"
}

/// The database answers too.
pub async fn ready(State(web): Hands) -> Result<&'static str, Problem> {
    match app::figures::ping(&web.app).await {
        Ok(()) => Ok("ok\n"),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
            let title = Text::new("База данных недоступна", "The database is not available");
            Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "not_ready",
                title,
                same("the database does not answer"),
            )
            .retry_after(1))
        }
    }
}
