//! The one place where a transaction is run again because another was in its way.

use std::future::Future;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use store::StoreError;

/// Says whether running the same transaction again may help.
pub(crate) trait MayRetry {
    /// Whether it may.
    fn is_worth_retrying(&self) -> bool;
}

impl MayRetry for StoreError {
    fn is_worth_retrying(&self) -> bool {
        Self::is_worth_retrying(self)
    }
}

/// Implements [`MayRetry`] for error enums whose variant `Store` holds a [`StoreError`].
macro_rules! may_retry {
    ($($error:ty),+ $(,)?) => {$(
        impl $crate::retry::MayRetry for $error {
            fn is_worth_retrying(&self) -> bool {
                matches!(self, Self::Store(error) if error.is_worth_retrying())
            }
        }
    )+};
}
pub(crate) use may_retry;

/// Runs a whole transaction, at most five times more while it is worth it, with growing pauses.
pub(crate) async fn retrying<T, E, A, F>(attempt: A) -> Result<T, E>
where
    A: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
    E: MayRetry,
{
    let pauses = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(5))
        .with_max_delay(Duration::from_millis(500))
        .with_max_times(5)
        .with_jitter();
    attempt.retry(pauses).when(MayRetry::is_worth_retrying).await
}
