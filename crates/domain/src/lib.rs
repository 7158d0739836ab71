//! What we believe: accounts, posts, follows, visibility, ids, and the rules
//! that decide over them.
//!
//! Everything here is a value or a function of values: no clock, no database,
//! no network. What varies (the time, a new id, a relation) is an argument.

pub mod account;
pub mod address;
pub mod application;
pub mod card;
pub mod delivery;
pub mod email;
pub mod event;
pub mod filter;
pub mod follow;
pub mod id;
pub mod media;
pub mod memo;
pub mod list;
pub mod message;
pub mod moderation;
pub mod names;
pub mod page;
pub mod notification;
pub mod ownership;
pub mod report;
pub mod poll;
pub mod post;
pub mod search;
pub mod push;
pub mod stream;
pub mod sign_up;
pub mod time;
pub mod totp;
pub mod user;
pub mod visibility;

pub use account::{Account, AccountKind, AccountState, Home};
pub use address::{ActorId, Handle, Host, Inbox, ObjectId, Origin};
pub use application::Application;
pub use event::Event;
pub use id::{
    AccountId, ActivityRowId, ApplicationId, BoostId, DeliveryId, MediaId, MessageId, NotificationId, PostId,
    TokenId, UserId,
};
pub use id::{AnnouncementId, ConversationId, EmojiId, FilterId, FilteredPostId, KeywordId, ListId, RuleId};
pub use names::Names;
pub use page::Page;
pub use post::{Draft, Post, PostKind, PostView};
pub use time::Timestamp;
pub use visibility::Visibility;
