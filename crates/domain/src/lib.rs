//! What we believe: accounts, posts, follows, visibility, ids, and the rules
//! that decide over them.
//!
//! Everything here is a value or a function of values: no clock, no database,
//! no network. What varies (the time, a new id, a relation) is an argument.

pub mod id;
pub mod time;
pub mod address;
pub mod names;

pub use address::{ActorId, Handle, Host, ObjectId, Origin};
pub use id::{
    AccountId, ActivityRowId, ApplicationId, BoostId, DeliveryId, MessageId, NotificationId, PostId, TokenId, UserId,
};
pub use names::Names;
pub use time::Timestamp;
