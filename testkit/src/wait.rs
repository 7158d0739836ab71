//! Waiting for what comes about by itself.

use std::time::{Duration, Instant};

/// The longest that anything is waited for.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks until there is something, and answers with it.
///
/// # Panics
/// After [`PATIENCE`], with what was waited for.
pub async fn eventually<T, Look: Future<Output = Option<T>>>(
    what: &str,
    mut look: impl FnMut() -> Look,
) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
