//! Whole documents: those of peers, those of ours, and any at all.

mod fixtures;
mod properties;
mod real;
mod rendering;
mod written;
