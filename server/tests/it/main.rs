//! Black box: the whole program over HTTP, with peers and people played by the
//! test kit. The modules mirror the doors.

mod health;
mod inbox;
mod federation;
mod bounds;
mod documents;
mod program;
mod commands;
mod crash;
mod fixtures;
