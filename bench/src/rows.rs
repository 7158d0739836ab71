//! The rows of the table, a file for each walk.

pub(crate) mod crash;
pub(crate) mod deliver;
pub(crate) mod follow;
pub(crate) mod footprint;
pub(crate) mod inbound;
pub(crate) mod read;
