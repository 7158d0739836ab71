//! Who watches what, right now.
//!
//! A door opens a [`Line`] for somebody and hangs topics on it. What happens to
//! a topic is sent to its [`Target`]s, in the words of the door that asked. A
//! line has a bounded queue: who does not keep up is cut off and holds up
//! nobody.

mod line;
mod registry;

pub use line::{End, Line, Parcel, Payload};
pub use registry::{Refused, Streams, Target, Watcher};
