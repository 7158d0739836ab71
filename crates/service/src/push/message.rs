//! What a push says, as Mastodon's programs read it.

use crate::notification::{NotificationView, Subject};
use domain::Names;
use domain::notification::NotificationKind;
use serde::Serialize;
use text::plain;

/// The longest body, in characters.
const MAX_BODY: usize = 140;
/// The longest name in a title, in characters.
const MAX_NAME: usize = 60;
/// A longer address of a picture is left out.
const MAX_ICON: usize = 1024;

#[derive(Debug, Serialize)]
struct Message<'a> {
    access_token: &'a str,
    preferred_locale: &'static str,
    notification_id: i64,
    notification_type: &'static str,
    icon: String,
    title: String,
    body: String,
}

/// The word of a kind, as Mastodon's programs know it.
pub const fn word(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Mention => "mention",
        NotificationKind::Status => "status",
        NotificationKind::Boost => "reblog",
        NotificationKind::Like => "favourite",
        NotificationKind::Follow => "follow",
        NotificationKind::FollowRequest => "follow_request",
        NotificationKind::Update => "update",
        NotificationKind::Poll => "poll",
        NotificationKind::SignUp => "admin.sign_up",
        NotificationKind::Report => "admin.report",
        NotificationKind::Severed => "severed_relationships",
    }
}

/// The text of a push about a notification.
pub(super) fn of(names: &Names, view: &NotificationView, access_token: &str) -> Vec<u8> {
    let profile = &view.from.account.profile;
    let icon = match &profile.avatar_url {
        Some(url) if url.len() <= MAX_ICON => url.clone(),
        _ => names.url("/avatars/original/missing.png"),
    };
    let message = Message {
        access_token,
        // The texts of this server are English.
        preferred_locale: "en",
        notification_id: view.notification.id.0,
        notification_type: word(view.notification.kind),
        icon,
        title: title(view),
        body: body(view),
    };
    serde_json::to_vec(&message).unwrap_or_default()
}

fn name(view: &NotificationView) -> String {
    let account = &view.from.account;
    let shown = account.profile.display_name.trim();
    cut(if shown.is_empty() { &account.handle.name } else { shown }, MAX_NAME)
}

fn title(view: &NotificationView) -> String {
    let name = name(view);
    match view.notification.kind {
        NotificationKind::Mention => format!("{name} mentioned you"),
        NotificationKind::Status => format!("{name} just posted"),
        NotificationKind::Boost => format!("{name} boosted your post"),
        NotificationKind::Like => format!("{name} favourited your post"),
        NotificationKind::Follow => format!("{name} is now following you"),
        NotificationKind::FollowRequest => format!("{name} asks to follow you"),
        NotificationKind::Update => format!("{name} edited a post"),
        NotificationKind::Poll => format!("A poll by {name} has ended"),
        NotificationKind::SignUp => format!("{name} signed up"),
        NotificationKind::Report => format!("{name} submitted a report"),
        NotificationKind::Severed => match &view.subject {
            Some(Subject::Severance(severance)) => {
                format!("Lost connections with {}", cut(&severance.target, MAX_NAME))
            }
            _ => "Lost connections".to_owned(),
        },
    }
}

/// A content warning stands for what it hides.
fn body(view: &NotificationView) -> String {
    let text = match (&view.post, &view.subject) {
        (Some(post), _) if !post.post.text.warning.is_empty() => post.post.text.warning.clone(),
        (Some(post), _) => plain::from_html(&post.post.text.content_html),
        (None, Some(Subject::Report(report))) => report.report.comment.clone(),
        (None, Some(Subject::Severance(_))) => String::new(),
        (None, None) => plain::from_html(&view.from.account.profile.bio_html),
    };
    cut(text.trim(), MAX_BODY)
}

/// The first `most` characters, with a mark where something is missing.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("längere", 5), "läng…");
        assert_eq!(cut(&"x".repeat(200), MAX_BODY).chars().count(), MAX_BODY);
    }
}
