"""Operations of accounts and of how they stand to each other."""

from .checks import NotBuilt, equal
from .operation import Operation as Op
from .world import png


def of(name: str, key: str = "id"):
    return lambda w: {"path": {key: w.ids[name]}}


def with_body(name: str, **body):
    return lambda w: {"path": {"id": w.ids[name]}, "json": body}


def made_before(name: str, key: str = "id"):
    """The request names what an operation before made."""

    def request(w):
        if not hasattr(w, name):
            raise NotBuilt(f"no {name} could be made")
        return {"path": {key: getattr(w, name)["id"]}}

    return request


def member(**wanted):
    """The answer has these values."""

    def look(_, answer):
        for name, value in wanted.items():
            equal(answer.ok[name], value, name)

    return look


def first_has(**wanted):
    def look(_, answer):
        for name, value in wanted.items():
            equal(answer.ok[0][name], value, name)

    return look


def profile(w):
    body = {"display_name": "Alice A.", "note": "sings", "locked": False, "bot": False, "discoverable": True, "indexable": True}
    return {"json": body | {"fields_attributes": {"0": {"name": "voice", "value": "alto"}}, "source": {"privacy": "public", "language": "en"}}}


def profile_told(w, answer):
    me = answer.ok
    equal((me["display_name"], me["source"]["note"]), ("Alice A.", "sings"), "the profile")
    equal([(one["name"], one["value"]) for one in me["fields"]], [("voice", "alto")], "the fields")


def sign_up(w):
    name = f"new{w.run}"
    body = {"username": name, "email": f"{name}@example.org", "password": "a long enough password", "agreement": True, "locale": "en"}
    return {"json": body}


def works_at_once(w, answer):
    who = w.anyone.get("/api/v1/accounts/verify_credentials", token=answer.ok["access_token"])
    equal(who.ok["username"], f"new{w.run}", "who was made")


def changed(**change):
    return lambda w: {"json": sign_up(w)["json"] | change}


OPERATIONS = [
    Op(
        "POST /api/v1/accounts",
        sign_up,
        who="app",
        after=works_at_once,
        bad=[
            ("a name of spaces", changed(username="two words")),
            ("a name that is taken", changed(username="bob")),
            ("a short password", changed(password="abc")),
            ("without agreement", changed(agreement=False)),
            ("a mail address that is none", changed(email="nonsense")),
        ],
    ),
    Op("GET /api/v1/accounts", lambda w: {"query": {"id[]": [w.ids["bob"], w.ids["rita"]]}}, public=True),
    Op("GET /api/v1/accounts/{id}", of("rita"), public=True),
    Op("GET /api/v1/accounts/{id}/identity_proofs", of("bob"), may_be_empty=True, unknown=False),
    Op("GET /api/v1/accounts/verify_credentials", after=member(username="alice")),
    Op(
        "PATCH /api/v1/accounts/update_credentials",
        profile,
        after=profile_told,
        bad=[
            ("a name that is too long", {"json": {"display_name": "x" * 500}}),
            ("a visibility that is none", {"json": {"source": {"privacy": "everybody"}}}),
        ],
    ),
    Op("GET /api/v1/profile"),
    Op("PATCH /api/v1/profile", lambda w: {"json": {"display_name": "Alice B.", "show_media": True}}, after=member(display_name="Alice B.")),
    Op(
        "PATCH /api/v1/accounts/update_credentials",
        lambda w: {"files": {"avatar": ("a.png", png(), "image/png"), "header": ("h.png", png(9), "image/png")}},
        bad=[("a picture that is none", {"files": {"avatar": ("a.png", b"nonsense", "image/png")}})],
    ),
    Op("DELETE /api/v1/profile/avatar", after=lambda w, a: equal("/media/" in a.ok["avatar"], False, "an avatar of its own")),
    Op("DELETE /api/v1/profile/header"),
    Op("GET /api/v1/preferences", after=lambda w, a: no_problems(w, "Preferences", a)),
    Op("GET /api/v1/accounts/lookup", lambda w: {"query": {"acct": w.rita_handle}}, public=True),
    Op("GET /api/v1/accounts/search", lambda w: {"query": {"q": "bob"}}, after=first_has(username="bob")),
    Op("GET /api/v1/accounts/relationships", lambda w: {"query": {"id[]": [w.ids["bob"], w.ids["carol"]]}}, after=first_has(following=True)),
    Op("GET /api/v1/accounts/familiar_followers", lambda w: {"query": {"id[]": [w.ids["bob"]]}}, who="f1"),
    Op("GET /api/v1/accounts/{id}/statuses", of("alice"), public=True),
    Op("GET /api/v1/accounts/{id}/followers", of("alice"), public=True),
    Op("GET /api/v1/accounts/{id}/following", of("alice"), public=True),
    Op("POST /api/v1/accounts/{id}/follow", with_body("f1", notify=True, reblogs=False, languages=["en", "de"]), after=member(following=True, notifying=True, showing_reblogs=False, languages=["en", "de"])),
    Op("POST /api/v1/accounts/{id}/unfollow", of("f1"), after=member(following=False)),
    Op("POST /api/v1/accounts/{id}/remove_from_followers", of("f1"), after=member(followed_by=False)),
    Op("POST /api/v1/accounts/{id}/mute", with_body("f2", duration=3600, notifications=True), after=member(muting=True, muting_notifications=True)),
    Op("GET /api/v1/mutes", after=first_has(username="f2")),
    Op("POST /api/v1/accounts/{id}/unmute", of("f2"), after=member(muting=False)),
    Op("POST /api/v1/accounts/{id}/block", of("f3"), after=member(blocking=True)),
    Op("GET /api/v1/blocks", after=first_has(username="f3")),
    Op("POST /api/v1/accounts/{id}/unblock", of("f3"), after=member(blocking=False)),
    Op("POST /api/v1/accounts/{id}/note", with_body("bob", comment="a friend"), after=member(note="a friend")),
    Op("POST /api/v1/domain_blocks", lambda w: {"json": {"domain": "bad.example"}}, bad=[("a domain that is none", {"json": {"domain": "no domain"}})]),
    Op("GET /api/v1/domain_blocks", after=lambda w, a: equal(a.ok, ["bad.example"], "the domains")),
    Op("DELETE /api/v1/domain_blocks", lambda w: {"json": {"domain": "bad.example"}}),
    Op("GET /api/v1/follow_requests", who="dave"),
    Op("POST /api/v1/follow_requests/{account_id}/authorize", of("f1", "account_id"), who="dave", after=member(followed_by=True)),
    Op("POST /api/v1/follow_requests/{account_id}/reject", of("f2", "account_id"), who="dave", after=member(followed_by=False)),
    Op("GET /api/v1/directory", lambda w: {"query": {"local": "true", "order": "active"}}, public=True),
    Op("GET /api/v1/suggestions", who="f4"),
    Op("GET /api/v2/suggestions", who="f4"),
    Op("DELETE /api/v1/suggestions/{account_id}", of("bob", "account_id"), who="f4", unknown=False),
    Op("POST /api/v1/reports", lambda w: {"json": {"account_id": w.ids["rita"], "status_ids": [w.of_rita["id"]], "comment": "no", "category": "spam", "forward": True}}, bad=[("a comment that is too long", lambda w: {"json": {"account_id": w.ids["rita"], "comment": "x" * 2000}})]),
    Op("GET /api/v1/featured_tags/suggestions"),
    Op("POST /api/v1/featured_tags", lambda w: {"json": {"name": f"song{w.run}"}}, after=lambda w, a: setattr(w, "featured", a.ok), bad=[("a name that is none", {"json": {"name": "no tag!"}})]),
    Op("GET /api/v1/featured_tags"),
    Op("GET /api/v1/accounts/{id}/featured_tags", of("alice"), public=True),
    Op("DELETE /api/v1/featured_tags/{id}", made_before("featured")),
    Op("POST /api/v1/tags/{id}/feature", lambda w: {"path": {"id": f"song{w.run}"}}, unknown=False, after=member(featuring=True)),
    Op("POST /api/v1/tags/{id}/unfeature", lambda w: {"path": {"id": f"song{w.run}"}}, unknown=False, after=member(featuring=False)),
    Op("POST /api/v1/tags/{name}/follow", lambda w: {"path": {"name": f"song{w.run}"}}, unknown=False, after=member(following=True)),
    Op("GET /api/v1/followed_tags"),
    Op("GET /api/v1/tags/{name}", lambda w: {"path": {"name": f"song{w.run}"}}, unknown=False, public=True),
    Op("POST /api/v1/tags/{name}/unfollow", lambda w: {"path": {"name": f"song{w.run}"}}, unknown=False, after=member(following=False)),
    Op("POST /api/v1/emails/confirmations", lambda w: {"json": {}}, also=(403, 422)),
]


def no_problems(w, entity: str, answer) -> None:
    problems = w.contract.problems(w.contract.entity(entity), answer.ok)
    assert not problems, "; ".join(problems)
