//! What the server says of itself.

use crate::answer::{Answer, json};
use crate::entities::Dialect;
use axum::extract::State;
use service::{Cx, instance};

/// `GET /api/v1/instance`
pub(crate) async fn version_1(State(cx): State<Cx>) -> Answer {
    let overview = cx.read(instance::overview).await?;
    json(&Dialect::new(&cx.names).instance_v1(&cx.settings, &overview))
}

/// `GET /api/v2/instance`
pub(crate) async fn version_2(State(cx): State<Cx>) -> Answer {
    let overview = cx.read(instance::overview).await?;
    json(&Dialect::new(&cx.names).instance(&cx.settings, &overview))
}

/// `GET /api/v1/instance/rules`: no rules can be written here yet, so there are none.
pub(crate) async fn rules() -> Answer {
    json(&[(); 0])
}

/// `GET /api/v1/custom_emojis`: this server has none of its own.
pub(crate) async fn custom_emojis() -> Answer {
    json(&[(); 0])
}
