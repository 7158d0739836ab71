//! The viewer's conversations: direct posts by who is in them.

use crate::answer::{Answer, Id, Place, json, nothing};
use crate::entities::Dialect;
use crate::entities::account::Account;
use crate::entities::status::Status;
use crate::entities::value::Text;
use axum::extract::State;
use domain::ConversationId;
use serde::Serialize;
use service::Cx;
use service::conversation::{self, ConversationView, News};
use web::Viewer;

/// <https://docs.joinmastodon.org/entities/Conversation/>
#[derive(Debug, Serialize)]
pub(crate) struct Conversation<'a> {
    id: Text<i64>,
    unread: bool,
    accounts: Vec<Account<'a>>,
    last_status: Option<Status<'a>>,
}

impl<'a> Dialect<'a> {
    /// A conversation.
    pub(crate) fn conversation(self, view: &'a ConversationView) -> Conversation<'a> {
        Conversation {
            id: Text(view.id.0),
            unread: view.unread,
            accounts: self.profiles(&view.accounts),
            last_status: view.last_post.as_ref().map(|post| self.status(post)),
        }
    }
}

/// `GET /api/v1/conversations`
pub(crate) async fn list(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:statuses")?;
    let (page, me) = (place.page(20, 40), viewer.account().id);
    let found = cx.read(move |tx| conversation::list(tx, me, page)).await?;
    let dialect = Dialect::new(&cx.names);
    let entities: Vec<_> = found.items.iter().map(|view| dialect.conversation(view)).collect();
    place.list(page, &found, &entities)
}

/// `POST /api/v1/conversations/:id/read`
pub(crate) async fn read(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    mark(&cx, &viewer, id, News::Read).await
}

/// `POST /api/v1/conversations/:id/unread`
pub(crate) async fn unread(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    mark(&cx, &viewer, id, News::Unread).await
}

async fn mark(cx: &Cx, viewer: &Viewer, id: i64, news: News) -> Answer {
    viewer.require("write:conversations")?;
    let me = viewer.account().id;
    let view = cx.write(move |tx| conversation::mark(tx, me, ConversationId(id), news)).await?;
    json(&Dialect::new(&cx.names).conversation(&view))
}

/// `DELETE /api/v1/conversations/:id`
pub(crate) async fn delete(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:conversations")?;
    let me = viewer.account().id;
    cx.write(move |tx| conversation::delete(tx, me, ConversationId(id))).await?;
    nothing()
}

/// `GET /api/v1/timelines/direct`
pub(crate) async fn posts(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:statuses")?;
    let (page, me) = (place.page(20, 40), viewer.account().id);
    let posts = cx.read(move |tx| conversation::posts(tx, me, page)).await?;
    place.statuses(page, &posts)
}
