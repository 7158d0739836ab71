//! Collections and their pages (ActivityPub §5).

use crate::{ParseError, Reference, json};
use domain::ObjectId;
use serde_json::Value;

/// The types that are collections.
const TYPES: &[&str] = &["OrderedCollection", "Collection", "OrderedCollectionPage", "CollectionPage"];

/// A collection, or one page of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// Its id; embedded pages can lack one.
    pub id: Option<ObjectId>,
    /// Whether this is a page.
    pub is_page: bool,
    /// How many entries the whole collection has, by its own word.
    pub total_items: Option<u64>,
    /// The entries here, at most [`json::MAX_ITEMS`].
    pub items: Vec<Item>,
    /// The first page.
    pub first: Option<Reference<Collection>>,
    /// The page after this one.
    pub next: Option<ObjectId>,
    /// The page before this one.
    pub prev: Option<ObjectId>,
    /// Of a page, its collection.
    pub part_of: Option<ObjectId>,
}

/// An entry of a collection.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// Its id.
    Id(ObjectId),
    /// The whole thing; its origin must be asked before it is believed.
    Embedded(Value),
}

impl Item {
    /// The id of what is listed.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Id(id) => Some(id.as_str()),
            Self::Embedded(value) => json::identifier(value),
        }
    }

    fn parse(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => ObjectId::parse(text.trim()).ok().map(Self::Id),
            Value::Object(_) => Some(Self::Embedded(value.clone())),
            _ => None,
        }
    }
}

impl Collection {
    /// Reads a collection or a page.
    pub fn parse(value: &Value) -> Result<Self, ParseError> {
        Self::parse_whole(value, true)
    }

    fn parse_whole(value: &Value, with_first: bool) -> Result<Self, ParseError> {
        if !value.is_object() {
            return Err(ParseError::NotAnObject);
        }
        let kinds = json::kinds(value);
        if !kinds.iter().any(|kind| TYPES.contains(kind)) {
            let found = kinds.first().copied().ok_or(ParseError::NoType)?.to_owned();
            return Err(ParseError::WrongType { wanted: "a collection", found });
        }
        let items = json::entries(value, "orderedItems").chain(json::entries(value, "items"));
        Ok(Self {
            id: json::object_id(value, "id"),
            is_page: kinds.iter().any(|kind| kind.ends_with("Page")),
            total_items: json::count(value, "totalItems"),
            items: items.filter_map(Item::parse).take(json::MAX_ITEMS).collect(),
            first: if with_first { first(value) } else { None },
            next: json::object_id(value, "next"),
            prev: json::object_id(value, "prev"),
            part_of: json::object_id(value, "partOf"),
        })
    }

    /// The ids of what is listed here.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter_map(Item::id)
    }
}

/// The first page, named or embedded; an embedded page's own `first` is not read.
fn first(value: &Value) -> Option<Reference<Collection>> {
    let embedded =
        json::objects(value, "first").next().and_then(|page| Collection::parse_whole(page, false).ok());
    let named = || json::object_id(value, "first").map(Reference::Id);
    embedded.map(|page| Reference::Embedded(Box::new(page))).or_else(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pages_are_named_or_embedded() {
        let named = Collection::parse(
            &json!({"type": "OrderedCollection", "id": "https://a.example/f", "totalItems": 24, "first": "https://a.example/f?page=1"}),
        );
        assert!(matches!(named.unwrap().first, Some(Reference::Id(_))));
        let page = json!({"type": "CollectionPage", "next": "https://a.example/r?page=2", "items": ["https://a.example/1"], "first": {"type": "CollectionPage"}});
        let embedded = Collection::parse(&json!({"type": "Collection", "first": page})).unwrap();
        let first = embedded.first.as_ref().and_then(Reference::embedded).unwrap();
        assert_eq!((first.ids().count(), first.is_page, first.first.is_none()), (1, true, true));
    }

    #[test]
    fn items_are_ids_objects_one_or_many() {
        let ids = |items: Value| {
            let read =
                Collection::parse(&json!({"type": "OrderedCollection", "orderedItems": items})).unwrap();
            read.ids().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(ids(json!("https://a.example/1")), ["https://a.example/1"]);
        assert_eq!(ids(json!(["https://a.example/1", {"id": "https://a.example/2"}, null, 3, "x"])).len(), 2);
        assert!(matches!(Collection::parse(&json!({"type": "Note"})), Err(ParseError::WrongType { .. })));
    }
}
