//! How large the server is: counted at most once a minute, as counting walks
//! through all accounts.

use domain::Timestamp;
use service::instance::{self, Overview};
use service::{Cx, Error};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a count is shown.
const SHOWN: Duration = Duration::from_secs(60);

/// What was counted, and when.
type Count = (Timestamp, Arc<Overview>);

/// The last count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers(Arc<Mutex<Option<Count>>>);

impl Numbers {
    /// The numbers, counted anew where they are old. As long as nobody has an
    /// account they are always new: the first one is waited for.
    pub(crate) async fn get(&self, cx: &Cx) -> Result<Arc<Overview>, Error> {
        let now = cx.now();
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, overview)) = last
            && now.since(at) < SHOWN
            && overview.accounts > 0
        {
            return Ok(overview);
        }
        let overview = Arc::new(cx.read(instance::overview).await?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, overview.clone()));
        Ok(overview)
    }
}
