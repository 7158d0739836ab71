//! Whole documents: those of peers, those of ours, and any at all.

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod real;
#[cfg(test)]
mod rendering;
#[cfg(test)]
mod written;
