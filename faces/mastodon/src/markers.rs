//! How far the viewer has read.

use crate::answer::{Answer, json};
use crate::entities::value::{Iso, Text};
use crate::params::id as id_of;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use service::Cx;
use service::marker::{self, Marker as Known, Timeline};
use std::collections::BTreeMap;
use web::{ApiError, Nested, Params, Viewer};

/// <https://docs.joinmastodon.org/entities/Marker/>
#[derive(Debug, Serialize)]
struct Marker {
    last_read_id: Text<i64>,
    version: i64,
    updated_at: Iso,
}

fn entities(markers: &[Known]) -> BTreeMap<&str, Marker> {
    let one = |marker: &Known| Marker {
        last_read_id: Text(marker.last_read_id),
        version: marker.version,
        updated_at: Iso(marker.updated_at),
    };
    markers.iter().map(|marker| (marker.timeline.as_str(), one(marker))).collect()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    timeline: Vec<String>,
}

/// `GET /api/v1/markers?timeline[]=`
pub(crate) async fn list(State(cx): State<Cx>, viewer: Viewer, Params(wanted): Params<Wanted>) -> Answer {
    viewer.require("read:statuses")?;
    let me = viewer.account().id;
    let timelines: Vec<Timeline> =
        wanted.timeline.iter().filter_map(|word| Timeline::from_word(word)).collect();
    let markers = cx.read(move |tx| marker::of(tx, me, &timelines)).await?;
    json(&entities(&markers))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Move {
    last_read_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Moves {
    home: Nested<Move>,
    notifications: Nested<Move>,
}

impl Moves {
    fn read(&self) -> Result<Vec<(Timeline, i64)>, ApiError> {
        let written = [(Timeline::Home, &self.home), (Timeline::Notifications, &self.notifications)];
        let named = written.into_iter().filter_map(|(timeline, wanted)| {
            let id = wanted.0.as_ref()?.last_read_id.as_deref().filter(|text| !text.is_empty())?;
            Some(
                id_of(id)
                    .map(|id| (timeline, id))
                    .ok_or_else(|| ApiError::invalid("Validation failed: Last read is not a number")),
            )
        });
        named.collect()
    }
}

/// `POST /api/v1/markers`
pub(crate) async fn save(State(cx): State<Cx>, viewer: Viewer, Params(moves): Params<Moves>) -> Answer {
    viewer.require("write:statuses")?;
    let (me, moves) = (viewer.account().id, moves.read()?);
    let markers = cx.write(move |tx| marker::set(tx, me, &moves)).await?;
    json(&entities(&markers))
}
