//! What the doors share: the viewer, errors, negotiation, paging, the page layout.
