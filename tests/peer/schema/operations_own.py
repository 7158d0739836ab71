"""Operations of what somebody keeps for themselves, and of the server."""

from .checks import equal
from .operation import Operation as Op
from .operations_people import made_before, member
from .operations_posts import keep, of
from .world import made

SUBSCRIPTION = {
    "subscription": {
        "endpoint": "http://127.0.0.1:9/push/1",
        "keys": {
            # A key and a secret that RFC 8291 gives as an example.
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
        "standard": True,
    },
    "data": {"alerts": {"mention": True, "favourite": True}, "policy": "all"},
}


def path_of(name: str, key: str = "id"):
    return lambda w: {"path": {key: getattr(w, name)["id"]}}


def new_filter(**change):
    body = {"title": "cats", "context": ["home"], "filter_action": "hide", "expires_in": 3600}
    return {"json": body | {"keywords_attributes": [{"keyword": "cat", "whole_word": "true"}]} | change}


def grouped(w, answer):
    equal({group["type"] for group in answer.ok["notification_groups"]} >= {"favourite", "reblog", "follow", "mention"}, True, "all types")
    assert answer.ok["accounts"] and answer.ok["statuses"], "nothing beside the groups"


OPERATIONS = [
    Op("POST /api/v1/lists", lambda w: {"json": {"title": "new", "replies_policy": "none", "exclusive": True}}, after=member(exclusive=True, replies_policy="none"), bad=[("without a title", {"json": {}}), ("a policy that is none", {"json": {"title": "x", "replies_policy": "x"}})]),
    Op("GET /api/v1/lists", lambda w: w.of_list and {}),
    Op("GET /api/v1/lists/{id}", of("of_list")),
    Op("PUT /api/v1/lists/{id}", lambda w: {"path": {"id": w.of_list["id"]}, "json": {"title": "best friends"}}, after=member(title="best friends")),
    Op("GET /api/v1/lists/{id}/accounts", of("of_list")),
    Op("GET /api/v1/accounts/{id}/lists", lambda w: w.of_list and {"path": {"id": w.ids["bob"]}}),
    Op("POST /api/v1/lists/{id}/accounts", lambda w: {"path": {"id": w.of_list["id"]}, "json": {"account_ids": [w.ids["rita"]]}}),
    Op("DELETE /api/v1/lists/{id}/accounts", lambda w: {"path": {"id": w.of_list["id"]}, "json": {"account_ids": [w.ids["rita"]]}}),
    Op("DELETE /api/v1/lists/{id}", lambda w: {"path": {"id": made(w.alice.post("/api/v1/lists", {"title": "short"}))["id"]}}),
    Op("POST /api/v1/filters", lambda w: {"json": {"phrase": "dogs", "context": ["home"], "irreversible": False, "whole_word": True}}, bad=[("without a phrase", {"json": {"context": ["home"]}})]),
    Op("GET /api/v1/filters", lambda w: w.old_filter and {}),
    Op("GET /api/v1/filters/{id}", path_of("old_filter")),
    Op("PUT /api/v1/filters/{id}", lambda w: {"path": {"id": w.old_filter["id"]}, "json": {"phrase": "other", "context": ["public"]}}, after=member(phrase="other")),
    Op("DELETE /api/v1/filters/{id}", path_of("old_filter")),
    Op("POST /api/v2/filters", lambda w: new_filter(), bad=[("a context that is none", new_filter(context=["moon"])), ("without a title", new_filter(title="")), ("an action that is none", new_filter(filter_action="burn"))]),
    Op("GET /api/v2/filters", lambda w: w.filter and {}),
    Op("GET /api/v2/filters/{id}", of("filter")),
    Op("PUT /api/v2/filters/{id}", lambda w: {"path": {"id": w.filter["id"]}, "json": {"title": "tunes"}}, after=member(title="tunes")),
    Op("GET /api/v2/filters/{filter_id}/keywords", of("filter", "filter_id")),
    Op("POST /api/v2/filters/{filter_id}/keywords", lambda w: {"path": {"filter_id": w.filter["id"]}, "json": {"keyword": "hum", "whole_word": False}}, after=keep("keyword"), bad=[("without a word", {"json": {}})]),
    Op("GET /api/v2/filters/keywords/{id}", made_before("keyword")),
    Op("PUT /api/v2/filters/keywords/{id}", lambda w: made_before("keyword")(w) | {"json": {"keyword": "hums"}}, after=member(keyword="hums")),
    Op("DELETE /api/v2/filters/keywords/{id}", made_before("keyword")),
    Op("GET /api/v1/statuses/{id}", lambda w: w.filter and {"path": {"id": w.of_bob["id"]}}, public=True, after=lambda w, a: equal(len(a.ok["filtered"]), 1, "filters that match")),
    Op("GET /api/v2/filters/{filter_id}/statuses", of("filter", "filter_id")),
    Op("POST /api/v2/filters/{filter_id}/statuses", lambda w: {"path": {"filter_id": w.filter["id"]}, "json": {"status_id": w.of_bob["id"]}}, after=keep("filtered_status")),
    Op("GET /api/v2/filters/statuses/{id}", made_before("filtered_status")),
    Op("DELETE /api/v2/filters/statuses/{id}", made_before("filtered_status")),
    Op("DELETE /api/v2/filters/{id}", of("filter")),
    Op("POST /api/v1/markers", lambda w: {"json": {"home": {"last_read_id": w.public["id"]}, "notifications": {"last_read_id": w.public["id"]}}}, after=lambda w, a: equal(a.ok["home"]["last_read_id"], w.public["id"], "the marker")),
    Op("GET /api/v1/markers", lambda w: {"query": {"timeline[]": ["home", "notifications"]}}, after=lambda w, a: equal(set(a.ok), {"home", "notifications"}, "the markers")),
    Op("GET /api/v1/notifications"),
    Op("GET /api/v1/notifications/unread_count"),
    Op("GET /api/v1/notifications/{id}", lambda w: {"path": {"id": w.alice.get("/api/v1/notifications").ok[0]["id"]}}),
    Op("GET /api/v2/notifications", after=grouped),
    Op("GET /api/v2/notifications", lambda w: {"query": {"expand_accounts": "partial_avatars"}}),
    Op("GET /api/v2/notifications/unread_count"),
    Op("GET /api/v2/notifications/{group_key}", lambda w: {"path": {"group_key": w.group_key}}, stranger="favourite-1-1"),
    Op("GET /api/v2/notifications/{group_key}/accounts", lambda w: {"path": {"group_key": w.group_key}}, unknown=False),
    Op("GET /api/v2/notifications/policy"),
    Op("PATCH /api/v2/notifications/policy", lambda w: {"json": {"for_new_accounts": "accept"}}, after=member(for_new_accounts="accept"), bad=[("a policy that is none", {"json": {"for_new_accounts": "burn"}})]),
    Op("GET /api/v1/notifications/requests", lambda w: w.request and {}),
    Op("GET /api/v1/notifications/requests/{id}", path_of("request")),
    Op("GET /api/v1/notifications/requests/merged"),
    Op("POST /api/v1/notifications/requests/{id}/accept", path_of("request")),
    Op("POST /api/v1/notifications/requests/{id}/dismiss", path_of("request"), unknown=True, also=(404,)),
    Op("POST /api/v1/notifications/requests/accept", lambda w: {"json": {"id": [w.request["id"]]}}),
    Op("POST /api/v1/notifications/requests/dismiss", lambda w: {"json": {"id": [w.request["id"]]}}),
    Op("POST /api/v1/notifications/{id}/dismiss", lambda w: {"path": {"id": w.alice.get("/api/v1/notifications").ok[0]["id"]}}),
    Op("POST /api/v2/notifications/{group_key}/dismiss", lambda w: {"path": {"group_key": w.group_key}}, unknown=False),
    Op("POST /api/v1/notifications/clear", who="carol"),
    Op("POST /api/v1/push/subscription", lambda w: {"json": SUBSCRIPTION, "token": w.token("alice", "push")}, after=lambda w, a: equal(a.ok["alerts"]["mention"], True, "the alert"), bad=[("a key that is none", lambda w: {"json": {"subscription": {"endpoint": "http://127.0.0.1:9/", "keys": {"p256dh": "x", "auth": "y"}}}})]),
    Op("GET /api/v1/push/subscription"),
    Op("PUT /api/v1/push/subscription", lambda w: {"json": {"data": {"alerts": {"follow": True}}, "policy": "followed"}}, after=lambda w, a: equal(a.ok["alerts"]["follow"], True, "the alert")),
    Op("DELETE /api/v1/push/subscription"),
    Op("GET /api/v1/announcements", lambda w: w.announcement and {}),
    Op("PUT /api/v1/announcements/{id}/reactions/{name}", lambda w: {"path": {"id": w.announcement["id"], "name": "%F0%9F%8E%B5"}}),
    Op("DELETE /api/v1/announcements/{id}/reactions/{name}", lambda w: {"path": {"id": w.announcement["id"], "name": "%F0%9F%8E%B5"}}),
    Op("POST /api/v1/announcements/{id}/dismiss", of("announcement")),
    Op("POST /api/v1/apps", lambda w: {"json": {"client_name": "an app", "redirect_uris": ["http://127.0.0.1:9/a", "urn:ietf:wg:oauth:2.0:oob"], "scopes": "read write", "website": "https://example.org"}}, who=None, bad=[("without a name", {"json": {"redirect_uris": "http://127.0.0.1:9/"}}), ("without a redirect", {"json": {"client_name": "x"}})]),
    Op("GET /api/v1/apps/verify_credentials", who="app"),
    Op("POST /oauth/token", lambda w: {"data": {"grant_type": "client_credentials", "scope": "read"} | w.credentials}, who=None),
    Op("POST /oauth/revoke", lambda w: {"data": {"token": w.here.create_token("carol", "read")} | w.credentials}, who=None, also=(403,)),
    Op("GET /oauth/userinfo", lambda w: {"token": w.token("alice", "profile")}, after=lambda w, a: equal(a.ok["preferred_username"], "alice", "the name")),
    Op("GET /.well-known/oauth-authorization-server", who=None),
    Op("GET /health", who=None),
    Op("GET /api/v1/custom_emojis", who=None),
    Op("GET /api/v1/instance", who=None),
    Op("GET /api/v2/instance", who=None),
    Op("GET /api/v1/instance/rules", who=None),
    Op("GET /api/v1/instance/peers", who=None, after=lambda w, a: equal(a.ok, [w.there.origin.removeprefix("http://")], "the peers")),
    Op("GET /api/v1/instance/activity", who=None, after=lambda w, a: equal(len(a.ok), 12, "weeks")),
    Op("GET /api/v1/instance/domain_blocks", public=True, may_be_empty=True),
    Op("GET /api/v1/instance/extended_description", who=None),
    Op("GET /api/v1/instance/privacy_policy", who=None),
    Op("GET /api/v1/instance/terms_of_service", who=None, after=keep("terms")),
    Op("GET /api/v1/instance/terms_of_service/{date}", lambda w: {"path": {"date": w.terms["effective_date"]}}, who=None, stranger="1999-01-01"),
    Op("GET /api/v1/instance/translation_languages", who=None),
    Op("GET /api/v1/streaming/health", who=None),
]
