//! Black box: the whole program over HTTP, with peers and people played by the
//! test kit. The modules mirror the doors.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says no by breaking")]
#![expect(clippy::format_collect, clippy::format_push_string, reason = "headers are written line by line")]

mod health;
mod inbox;
mod federation;
mod bounds;
mod overload;
mod documents;
mod program;
mod commands;
mod speaking;
mod crash;
mod fixtures;
mod polls;
mod elsewhere;
