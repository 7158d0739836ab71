//! The federation face: inbox, outbox, documents, collections, WebFinger, NodeInfo.
