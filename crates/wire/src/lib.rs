//! The post office: signatures, digests, guarded requests, deliveries, WebFinger.
