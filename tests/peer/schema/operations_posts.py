"""Operations of posts and what hangs on them."""

import datetime

from .checks import equal
from .operation import Operation as Op
from .operations_people import first_has, member
from .world import png


def of(name: str, key: str = "id"):
    """The request names a post of the world."""
    return lambda w: {"path": {key: getattr(w, name)["id"]}}


def body(make):
    return lambda w: {"json": make(w)}


def in_an_hour() -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def upload(w):
    return {"files": {"file": ("a.png", png(), "image/png")}, "data": {"description": "a picture", "focus": "0.5,-0.5"}}


def uploaded(w, answer):
    w.media = answer.ok
    equal(answer.ok["description"], "a picture", "the description")
    equal(answer.ok["type"], "image", "the type")


def rich(w):
    poll = {"options": ["yes", "no"], "expires_in": 3600, "multiple": True, "hide_totals": False}
    return {"json": {"status": "which?", "spoiler_text": "ask", "language": "en", "poll": poll}}


def has_poll(w, answer):
    equal([one["title"] for one in answer.ok["poll"]["options"]], ["yes", "no"], "the options")


def has_context(w, answer):
    equal([post["id"] for post in answer.ok["ancestors"]], [w.public["id"]], "the ancestors")
    assert answer.ok["descendants"], "no descendants"


def voted(w, answer):
    equal((answer.ok["voted"], answer.ok["own_votes"]), (True, [1]), "the vote")


def keep(name: str):
    return lambda w, answer: setattr(w, name, answer.ok)


def poll_bad(**change):
    return {"json": {"status": "q", "poll": {"options": ["a", "b"], "expires_in": 3600} | change}}


OPERATIONS = [
    Op("POST /api/v1/media", upload, after=uploaded, bad=[("without a file", {"files": None, "data": {"description": "x"}})]),
    Op("POST /api/v2/media", upload, after=uploaded, also=(202,), bad=[("a file that is no picture", {"files": {"file": ("a.png", b"nonsense", "image/png")}})]),
    Op("GET /api/v1/media/{id}", lambda w: {"path": {"id": w.picture()["id"]}}),
    Op("PUT /api/v1/media/{id}", lambda w: {"path": {"id": w.picture()["id"]}, "json": {"description": "other", "focus": "0.1,0.2"}}, after=member(description="other")),
    Op("DELETE /api/v1/media/{id}", lambda w: {"path": {"id": w.picture()["id"]}}),
    Op(
        "POST /api/v1/statuses",
        rich,
        after=has_poll,
        bad=[
            ("nothing in it", {"json": {"status": ""}}),
            ("too long", {"json": {"status": "x" * 5001}}),
            ("a visibility that is none", {"json": {"status": "x", "visibility": "everybody"}}),
            ("a blank text", {"json": {"status": "   "}}),
            ("one answer to a poll", poll_bad(options=["a"])),
            ("a poll that ends at once", poll_bad(expires_in=1)),
            ("a picture that is not there", {"json": {"status": "x", "media_ids": ["999999999999999999"]}}),
            ("a date that is none", {"json": {"status": "x", "scheduled_at": "banana"}}),
        ],
    ),
    Op("POST /api/v1/statuses", lambda w: {"json": {"status": "with it", "media_ids": [w.picture()["id"]]}}, after=lambda w, a: equal(len(a.ok["media_attachments"]), 1, "pictures")),
    Op("POST /api/v1/statuses", lambda w: {"json": {"status": "later", "scheduled_at": in_an_hour()}}, after=lambda w, a: equal(a.ok["params"]["text"], "later", "the text")),
    Op("GET /api/v1/statuses", lambda w: {"query": {"id[]": [w.public["id"], w.with_picture["id"], w.with_poll["id"]]}}, public=True),
    Op("GET /api/v1/statuses/{id}", of("public"), public=True),
    Op("GET /api/v1/statuses/{id}", of("with_picture"), public=True),
    Op("GET /api/v1/statuses/{id}", of("with_poll"), public=True),
    Op("GET /api/v1/statuses/{id}", of("of_rita"), public=True),
    Op("GET /api/v1/statuses/{id}/context", of("answer"), public=True, after=has_context),
    Op("GET /api/v1/statuses/{id}/source", of("unlisted"), after=member(text="unlisted, edited")),
    Op("GET /api/v1/statuses/{id}/history", of("unlisted"), public=True, after=lambda w, a: equal(len(a.ok), 2, "versions")),
    Op("GET /api/v1/statuses/{id}/reblogged_by", of("public"), public=True),
    Op("GET /api/v1/statuses/{id}/favourited_by", of("public"), public=True),
    Op("POST /api/v1/statuses/{id}/favourite", of("of_bob"), after=member(favourited=True)),
    Op("GET /api/v1/favourites"),
    Op("POST /api/v1/statuses/{id}/unfavourite", of("of_bob"), after=member(favourited=False)),
    Op("POST /api/v1/statuses/{id}/reblog", of("of_bob"), after=lambda w, a: equal(a.ok["reblog"]["reblogged"], True, "boosted")),
    Op("POST /api/v1/statuses/{id}/unreblog", of("of_bob"), after=member(reblogged=False)),
    Op("POST /api/v1/statuses/{id}/bookmark", of("of_bob"), after=member(bookmarked=True)),
    Op("GET /api/v1/bookmarks"),
    Op("POST /api/v1/statuses/{id}/unbookmark", of("of_bob"), after=member(bookmarked=False)),
    Op("POST /api/v1/statuses/{id}/mute", of("public"), after=member(muted=True)),
    Op("POST /api/v1/statuses/{id}/unmute", of("public"), after=member(muted=False)),
    Op("POST /api/v1/statuses/{id}/pin", of("public"), after=member(pinned=True)),
    Op("POST /api/v1/statuses/{id}/unpin", of("public"), after=member(pinned=False)),
    Op("PUT /api/v1/statuses/{id}", lambda w: {"path": {"id": w.private["id"]}, "json": {"status": "private, edited", "spoiler_text": "now"}}, after=member(spoiler_text="now"), bad=[("nothing in it", {"json": {"status": ""}})]),
    Op("DELETE /api/v1/statuses/{id}", lambda w: {"path": {"id": w.post(w.alice, "gone soon")["id"]}}, after=member(text="gone soon")),
    Op("GET /api/v1/polls/{id}", lambda w: {"path": {"id": w.with_poll["poll"]["id"]}}, public=True),
    Op(
        "POST /api/v1/polls/{id}/votes",
        lambda w: {"path": {"id": w.with_poll["poll"]["id"]}, "json": {"choices": [1]}},
        after=voted,
        bad=[("a choice that is none", {"json": {"choices": [7]}}), ("two choices of one", {"json": {"choices": [0, 1]}})],
    ),
    Op("GET /api/v1/scheduled_statuses", lambda w: w.scheduled and {}),
    Op("GET /api/v1/scheduled_statuses/{id}", of("scheduled")),
    Op("PUT /api/v1/scheduled_statuses/{id}", lambda w: {"path": {"id": w.scheduled["id"]}, "json": {"scheduled_at": in_an_hour()}}, bad=[("a date in the past", {"json": {"scheduled_at": "2001-01-01T00:00:00Z"}})]),
    Op("DELETE /api/v1/scheduled_statuses/{id}", of("scheduled")),
    Op("GET /api/v1/timelines/home"),
    Op("GET /api/v1/timelines/public", public=True),
    Op("GET /api/v1/timelines/tag/{hashtag}", lambda w: {"path": {"hashtag": f"song{w.run}"}}, public=True, unknown=False),
    Op("GET /api/v1/timelines/list/{list_id}", lambda w: w.post(w.bob, "for the list") and {"path": {"list_id": w.of_list["id"]}}),
    Op("GET /api/v1/timelines/direct"),
    Op("GET /api/v1/conversations", who="bob", after=first_has(unread=True)),
    Op("POST /api/v1/conversations/{id}/read", of("conversation"), who="bob", after=member(unread=False)),
    Op("DELETE /api/v1/conversations/{id}", of("conversation"), who="bob"),
    Op("GET /api/v2/search", lambda w: {"query": {"q": "bob"}}, public=True, after=lambda w, a: equal(a.ok["accounts"][0]["username"], "bob", "who is found")),
    Op("GET /api/v2/search", lambda w: {"query": {"q": f"song{w.run}", "type": "hashtags"}}, public=True, after=lambda w, a: equal(len(a.ok["hashtags"]), 1, "tags")),
    Op("GET /api/v2/search", lambda w: {"query": {"q": w.of_rita["uri"], "resolve": "true"}}, after=lambda w, a: equal(a.ok["statuses"][0]["id"], w.of_rita["id"], "the post")),
    Op("GET /api/oembed", lambda w: {"query": {"url": w.public["url"]}}),
]
