//! Our collections and their pages.

use super::Members;
use crate::context::{with_context, with_plain_context};
use serde_json::Value;

/// What a page of a collection says.
#[derive(Debug, Clone, PartialEq)]
pub struct PageDocument {
    /// The page's id.
    pub id: String,
    /// The collection's id.
    pub part_of: String,
    /// How many entries the whole collection has.
    pub total_items: u64,
    /// The page after this one; none on the last.
    pub next: Option<String>,
    /// The page before this one; none on the first.
    pub prev: Option<String>,
    /// The entries, ids or documents.
    pub items: Vec<Value>,
}

/// A collection that is read by its pages, or, without `first`, only counted.
pub fn ordered_collection(id: &str, total_items: u64, first: Option<&str>) -> Value {
    let members = Members::of("OrderedCollection", id).with("totalItems", total_items);
    with_plain_context(members.with_some("first", first).done())
}

/// A short collection with all its entries: pins, moderators, keys.
pub fn ordered_collection_of(id: &str, items: Vec<Value>) -> Value {
    let items: Vec<Value> = items.into_iter().map(super::embeddable).collect();
    let members = Members::of("OrderedCollection", id).with("totalItems", items.len());
    with_context(members.with("orderedItems", items).done())
}

/// A page of a collection.
pub fn ordered_collection_page(page: PageDocument) -> Value {
    let items: Vec<Value> = page.items.into_iter().map(super::embeddable).collect();
    let only_ids = items.iter().all(Value::is_string);
    let document = Members::of("OrderedCollectionPage", &page.id)
        .with("totalItems", page.total_items)
        .with("partOf", page.part_of)
        .with_some("next", page.next)
        .with_some("prev", page.prev)
        .with("orderedItems", items)
        .done();
    if only_ids { with_plain_context(document) } else { with_context(document) }
}
