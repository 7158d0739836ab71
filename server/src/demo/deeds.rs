//! What people do, by the same verbs that their apps would call.

use super::cast::{PEOPLE, Person, Place, Title};
use super::stage::{Stage, Written};
use super::story::Deed;
use super::{Error, Result, stranger};
use domain::post::{Draft, Format};
use domain::{Account, PostId, Visibility};
use service::account::ProfileChange;
use service::follow::{self, Wishes};
use service::{Tx, account, block, boost, like, post};

/// Does it, on the server of who does it.
pub(super) async fn perform(stage: &mut Stage, deed: Deed) -> Result<()> {
    match deed {
        Deed::Follow(one, other) => {
            between(stage, one, other, |tx, one, other| follow::request(tx, one, other, &Wishes::default()))
                .await
        }
        Deed::FollowInVain(one, other) => in_vain(stage, one, other).await,
        Deed::Unfollow(one, other) => between(stage, one, other, follow::undo).await,
        Deed::Accept(owner, follower) => {
            between(stage, owner, follower, |tx, owner, other| follow::authorize(tx, owner, other.id)).await
        }
        Deed::Reject(owner, follower) => {
            between(stage, owner, follower, |tx, owner, other| follow::reject(tx, owner, other.id)).await
        }
        Deed::Block(one, other) => between(stage, one, other, block::block).await,
        Deed::Lock(person) => lock(stage, person).await,
        Deed::Write(by, title, visibility, text) => {
            let draft = draft(stage, text, visibility, None);
            write(stage, by, title, draft).await
        }
        Deed::Answer(by, title, answered, text) => {
            let answered = known(stage, by.home, answered).await?;
            let draft = draft(stage, text, Visibility::Public, Some(answered));
            write(stage, by, title, draft).await
        }
        Deed::Edit(title, text) => edit(stage, title, text).await,
        Deed::Delete(title) => {
            let by = stage.written(title)?.by;
            with(stage, by, title, post::delete).await
        }
        Deed::Like(by, title) => with(stage, by, title, like::like).await,
        Deed::Unlike(by, title) => with(stage, by, title, like::undo).await,
        Deed::Boost(by, title) => {
            let boost =
                |tx: &mut Tx, by: &Account, id| boost::boost(tx, by, id, Visibility::Public).map(drop);
            with(stage, by, title, boost).await
        }
        Deed::Unboost(by, title) => with(stage, by, title, boost::undo).await,
        Deed::Forge(forgery) => {
            stage.reply = Some(stranger::forge(stage, forgery).await?);
            Ok(())
        }
    }
}

/// What one person does to another.
async fn between(
    stage: &Stage,
    one: Person,
    other: Person,
    verb: fn(&mut Tx, &Account, &Account) -> service::Result<()>,
) -> Result<()> {
    let (own, found) = (stage.own(one).await?, stage.find(one.home, other).await?);
    Ok(stage.cx(one.home).write(move |tx| verb(tx, &own, &found)).await?)
}

/// What one person does with a post.
async fn with(
    stage: &Stage,
    by: Person,
    title: Title,
    verb: fn(&mut Tx, &Account, PostId) -> service::Result<()>,
) -> Result<()> {
    let (own, id) = (stage.own(by).await?, known(stage, by.home, title).await?);
    Ok(stage.cx(by.home).write(move |tx| verb(tx, &own, id)).await?)
}

async fn known(stage: &Stage, place: Place, title: Title) -> Result<PostId> {
    let row = stage.row(place, title).await?;
    row.ok_or_else(|| Error::Story(format!("{place} does not know {title}")))
}

async fn in_vain(stage: &Stage, one: Person, other: Person) -> Result<()> {
    let ask =
        |tx: &mut Tx, one: &Account, other: &Account| follow::request(tx, one, other, &Wishes::default());
    match between(stage, one, other, ask).await {
        Err(Error::Service(service::Error::Forbidden(_))) => Ok(()),
        Ok(()) => Err(Error::Story(format!("{} was allowed to ask", one.name))),
        Err(error) => Err(error),
    }
}

async fn lock(stage: &Stage, person: Person) -> Result<()> {
    let id = stage.own(person).await?.id;
    let change = ProfileChange { locked: Some(true), ..ProfileChange::default() };
    stage.cx(person.home).write(move |tx| account::update_local(tx, id, &change)).await?;
    Ok(())
}

fn draft(stage: &Stage, text: &str, visibility: Visibility, in_reply_to: Option<PostId>) -> Draft {
    let named = |text: String, person: Person| {
        text.replace(&format!("@{{{}}}", person.name), &format!("@{}", stage.handle(person)))
    };
    Draft {
        text: PEOPLE.into_iter().fold(text.to_owned(), named),
        format: Format::Plain,
        warning: String::new(),
        sensitive: false,
        language: Some("en".to_owned()),
        visibility,
        in_reply_to,
        ..Draft::default()
    }
}

async fn write(stage: &mut Stage, by: Person, title: Title, draft: Draft) -> Result<()> {
    let own = stage.own(by).await?;
    let cx = stage.cx(by.home);
    let published = post::publish(cx, &own, draft, None, None).await?;
    let post = cx.read(move |tx| Ok(store::post::find(tx, published.id)?)).await?;
    let post = post.ok_or_else(|| Error::Story(format!("{title} is gone again")))?;
    let page = cx.names.post_page(by.name, post.id);
    stage.remember(title, Written { by, id: post.object_id, page, visibility: post.visibility });
    Ok(())
}

async fn edit(stage: &Stage, title: Title, text: &str) -> Result<()> {
    let by = stage.written(title)?.by;
    let (own, id) = (stage.own(by).await?, known(stage, by.home, title).await?);
    let edit = post::Edit::text(draft(stage, text, Visibility::Public, None));
    Ok(post::edit(stage.cx(by.home), &own, id, edit).await?)
}
