//! Statuses that wait for their time.

use crate::answer::{Answer, Id, Place, json, nothing};
use crate::entities::Dialect;
use axum::extract::State;
use domain::{Draft, Timestamp};
use serde::Deserialize;
use service::{Cx, scheduled};
use web::{ApiError, Params, Viewer};

/// A time as apps write it: with an offset, else in UTC.
pub(crate) fn time(text: &str) -> Result<Timestamp, ApiError> {
    let text = text.trim();
    let exact = text.parse::<jiff::Timestamp>().ok();
    let in_utc = || {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    };
    exact
        .or_else(in_utc)
        .map(|at| Timestamp(at.as_millisecond()))
        .ok_or_else(|| ApiError::invalid("Record invalid"))
}

/// Keeps a status for later.
pub(crate) async fn keep(
    cx: &Cx,
    viewer: &Viewer,
    draft: Draft,
    due_at: Timestamp,
    key: Option<&str>,
) -> Answer {
    let (me, application, key) = (viewer.account().clone(), viewer.application_id(), key.map(str::to_owned));
    let kept =
        cx.write(move |tx| scheduled::schedule(tx, &me, &draft, application, due_at, key.as_deref())).await?;
    json(&Dialect::new(&cx.names).scheduled(&kept))
}

/// `GET /api/v1/scheduled_statuses`
pub(crate) async fn list(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:statuses")?;
    let (me, page) = (viewer.account().id, place.page(20, 40));
    let found = cx.read(move |tx| scheduled::list(tx, me, page)).await?;
    let dialect = Dialect::new(&cx.names);
    let entities: Vec<_> = found.items.iter().map(|it| dialect.scheduled(it)).collect();
    place.list(page, &found, &entities)
}

/// `GET /api/v1/scheduled_statuses/:id`
pub(crate) async fn one(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("read:statuses")?;
    let me = viewer.account().id;
    let found = cx.read(move |tx| scheduled::one(tx, me, id)).await?;
    json(&Dialect::new(&cx.names).scheduled(&found))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Change {
    scheduled_at: Option<String>,
}

/// `PUT /api/v1/scheduled_statuses/:id`
pub(crate) async fn change(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<Change>,
) -> Answer {
    viewer.require("write:statuses")?;
    let me = viewer.account().id;
    let due_at = form.scheduled_at.as_deref().filter(|text| !text.is_empty()).map(time).transpose()?;
    let changed = cx
        .write(move |tx| match due_at {
            Some(due_at) => scheduled::reschedule(tx, me, id, due_at),
            None => scheduled::one(tx, me, id),
        })
        .await?;
    json(&Dialect::new(&cx.names).scheduled(&changed))
}

/// `DELETE /api/v1/scheduled_statuses/:id`
pub(crate) async fn cancel(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:statuses")?;
    let me = viewer.account().id;
    cx.write(move |tx| scheduled::cancel(tx, me, id)).await?;
    nothing()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_with_and_without_its_offset() {
        for text in [
            "2030-01-01T00:00:00Z",
            "2030-01-01T01:00:00+01:00",
            "2030-01-01T00:00:00.000Z",
            "2030-01-01 00:00:00",
            " 2030-01-01T00:00 ",
        ] {
            assert_eq!(time(text).unwrap(), Timestamp(1_893_456_000_000), "{text}");
        }
        for wrong in ["tomorrow", "2030-13-01T00:00:00Z", "", "1893456000"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
