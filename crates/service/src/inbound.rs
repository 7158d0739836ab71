//! What comes in: checked at the door, kept, then acted upon.

mod door;
mod verify;
mod dispatch;
mod process;
mod taken;

pub use door::{Arrived, Refused, accept};
pub use process::{MAX_STARTS, act, waiting};
pub use store::message::Waiting;
pub use taken::Taken;
pub use verify::{Keys, signer_of};
