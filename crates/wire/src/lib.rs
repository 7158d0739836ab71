//! The post office: signatures, digests, guarded requests, deliveries, WebFinger.

pub mod date;
pub mod digest;
pub mod key;
pub mod signature;
