//! Whether the process lives, and whether it can take work.

use axum::extract::State;

use crate::{Hands, Problem, problem};

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
            Err(problem::no_database())
        }
    }
}
