//! `ScheduledStatus`.

use super::Dialect;
use super::media::MediaAttachment;
use super::status::visibility;
use super::value::{Iso, Text};
use domain::poll::PollDraft;
use serde::Serialize;
use service::scheduled::Scheduled;

#[derive(Debug, Serialize)]
struct Poll<'a> {
    options: &'a [String],
    expires_in: i64,
    multiple: bool,
    hide_totals: bool,
}

impl<'a> Poll<'a> {
    fn of(draft: &'a PollDraft) -> Self {
        Self {
            options: &draft.options,
            expires_in: draft.open_for_s,
            multiple: draft.multiple,
            hide_totals: draft.hides_totals,
        }
    }
}

/// What was asked for. Here, and nowhere else, ids are numbers.
#[derive(Debug, Serialize)]
struct Asked<'a> {
    text: &'a str,
    poll: Option<Poll<'a>>,
    media_ids: Option<Vec<String>>,
    sensitive: bool,
    spoiler_text: Option<&'a str>,
    visibility: &'static str,
    in_reply_to_id: Option<i64>,
    language: Option<&'a str>,
    /// 0: no application.
    application_id: i64,
    /// It is scheduled once.
    scheduled_at: Option<()>,
    idempotency: Option<&'a str>,
    with_rate_limit: bool,
    quoted_status_id: Option<()>,
    quote_approval_policy: Option<()>,
    local_only: bool,
}

/// <https://docs.joinmastodon.org/entities/ScheduledStatus/>
#[derive(Debug, Serialize)]
pub(crate) struct ScheduledStatus<'a> {
    id: Text<i64>,
    scheduled_at: Iso,
    params: Asked<'a>,
    media_attachments: Vec<MediaAttachment<'a>>,
}

impl<'a> Dialect<'a> {
    /// A draft that waits.
    pub(crate) fn scheduled(self, scheduled: &'a Scheduled) -> ScheduledStatus<'a> {
        let draft = &scheduled.draft;
        ScheduledStatus {
            id: Text(scheduled.id),
            scheduled_at: Iso(scheduled.due_at),
            params: Asked {
                text: &draft.text,
                poll: draft.poll.as_ref().map(Poll::of),
                media_ids: Some(&draft.media)
                    .filter(|media| !media.is_empty())
                    .map(|media| media.iter().map(ToString::to_string).collect()),
                sensitive: draft.sensitive,
                spoiler_text: Some(draft.warning.as_str()).filter(|warning| !warning.is_empty()),
                visibility: visibility(draft.visibility),
                in_reply_to_id: draft.in_reply_to.map(|id| id.0),
                language: draft.language.as_deref(),
                application_id: scheduled.application_id.map_or(0, |id| id.0),
                scheduled_at: None,
                idempotency: scheduled.key.as_deref(),
                with_rate_limit: false,
                quoted_status_id: None,
                quote_approval_policy: None,
                local_only: draft.local_only,
            },
            media_attachments: MediaAttachment::handed_in(self.names, &scheduled.attachments),
        }
    }
}
