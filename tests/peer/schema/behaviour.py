"""What holds for the whole API: forms of bodies, headers, other sites'
scripts, odd clients."""

import http.client
import json
from urllib.parse import urlsplit


from .checks import Checks, equal
from .world import SCOPES, made

# Doors of all kinds, for what holds for each of them.
DOORS = [
    "/api/v1/instance", "/api/v2/instance", "/api/v1/timelines/public", "/api/v1/timelines/home", "/api/v1/notifications",
    "/api/v2/notifications", "/api/v1/accounts/verify_credentials", "/api/v1/statuses", "/api/v2/search", "/api/v1/media",
    "/api/v2/media", "/api/v1/apps", "/api/v1/streaming/health", "/api/v1/lists", "/api/v2/filters", "/api/v1/polls/1",
    "/api/v1/custom_emojis", "/api/v1/nonsense", "/oauth/token", "/oauth/revoke", "/oauth/userinfo",
    "/.well-known/oauth-authorization-server", "/.well-known/webfinger", "/nodeinfo/2.0", "/api/oembed",
]  # fmt: skip


def prepare(w) -> None:
    """A locked account that many ask to follow."""
    w.dave.call("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True}).ok
    for name in ("f1", "f2", "f3", "f4", "f5", "f6", "bob"):
        getattr(w, name).post(f"/api/v1/accounts/{w.ids['dave']}/follow").ok


def posts_by(w, **body):
    answer = w.alice.call("POST", "/api/v1/statuses", **body)
    return answer.ok


# Bodies.


def a_body_may_be_a_form(w):
    post = posts_by(w, data={"status": "by a form", "sensitive": "true", "spoiler_text": "w", "visibility": "unlisted"})
    equal((post["sensitive"], post["spoiler_text"], post["visibility"]), (True, "w", "unlisted"), "the post")


def a_body_may_be_multipart(w):
    parts = {name: (None, value) for name, value in {"status": "by parts", "sensitive": "1", "spoiler_text": "w"}.items()}
    post = posts_by(w, files=parts)
    equal((post["sensitive"], post["spoiler_text"]), (True, "w"), "the post")


def a_body_may_be_json(w):
    post = posts_by(w, json={"status": "by JSON", "sensitive": True, "in_reply_to_id": int(w.public["id"])})
    equal(post["in_reply_to_id"], w.public["id"], "what it answers, written as a number")


def a_body_may_stand_in_the_query(w):
    equal("by the query" in w.alice.call("POST", "/api/v1/statuses", {"status": "by the query"}).ok["content"], True, "the text is kept")


def booleans_are_written_in_many_ways(w):
    for words, meant in (("true", True), ("1", True), ("on", True), ("True", True), ("t", True), ("false", False), ("0", False), ("off", False), ("f", False)):
        post = posts_by(w, data={"status": f"it is {words}", "sensitive": words})
        equal(post["sensitive"], meant, f"sensitive={words}")


def nested_names_are_read_from_forms(w):
    form = {"fields_attributes[0][name]": "a", "fields_attributes[0][value]": "b", "fields_attributes[1][name]": "c", "fields_attributes[1][value]": "d", "source[privacy]": "unlisted"}
    me = w.bob.call("PATCH", "/api/v1/accounts/update_credentials", data=form).ok
    equal([(one["name"], one["value"]) for one in me["fields"]], [("a", "b"), ("c", "d")], "the fields")
    equal(me["source"]["privacy"], "unlisted", "the visibility")
    w.bob.call("PATCH", "/api/v1/accounts/update_credentials", data={"source[privacy]": "public"}).ok


def nested_names_are_read_from_parts(w):
    parts = {"fields_attributes[0][name]": (None, "e"), "fields_attributes[0][value]": (None, "f")}
    me = w.bob.call("PATCH", "/api/v1/accounts/update_credentials", files=parts).ok
    equal([(one["name"], one["value"]) for one in me["fields"]], [("e", "f")], "the fields")


def lists_are_written_in_many_ways(w):
    bob, carol = w.ids["bob"], w.ids["carol"]
    for query in (f"id[]={bob}&id[]={carol}", f"id%5B%5D={bob}&id%5B%5D={carol}", f"id[0]={bob}&id[1]={carol}"):
        found = w.alice.get(f"/api/v1/accounts/relationships?{query}").ok
        equal([one["id"] for one in found], [bob, carol], query)
    equal([one["id"] for one in w.alice.get(f"/api/v1/accounts/relationships?id={bob}").ok], [bob], "one id")


def a_poll_may_come_as_a_form(w):
    form = {"status": "q", "poll[options][]": ["a", "b", "c"], "poll[expires_in]": "3600", "poll[multiple]": "true"}
    poll = made(w.alice.call("POST", "/api/v1/statuses", data=form))["poll"]
    equal(([one["title"] for one in poll["options"]], poll["multiple"]), (["a", "b", "c"], True), "the poll")


def media_ids_may_come_as_a_form(w):
    one, two = w.picture()["id"], w.picture()["id"]
    post = made(w.alice.call("POST", "/api/v1/statuses", data={"status": "two", "media_ids[]": [one, two]}))
    equal([media["id"] for media in post["media_attachments"]], [one, two], "the pictures")


def a_filter_may_come_as_a_form(w):
    form = [("title", "f"), ("context[]", "home"), ("context[]", "public"), ("keywords_attributes[][keyword]", "x1"), ("keywords_attributes[][whole_word]", "true"), ("keywords_attributes[][keyword]", "x2")]
    found = made(w.alice.call("POST", "/api/v2/filters", data=form))
    equal((found["context"], [one["keyword"] for one in found["keywords"]]), (["home", "public"], ["x1", "x2"]), "the filter")
    w.alice.delete(f"/api/v2/filters/{found['id']}").ok


def markers_may_come_as_a_form(w):
    found = made(w.alice.call("POST", "/api/v1/markers", data={"home[last_read_id]": w.public["id"]}))
    equal(found["home"]["last_read_id"], w.public["id"], "the marker")


def a_broken_body_is_refused(w):
    for kind, body in (("application/json", b"{"), ("application/json", b"[1]"), ("multipart/form-data; boundary=x", b"nonsense")):
        w.alice.call("POST", "/api/v1/statuses", data=body, headers={"Content-Type": kind}).refused(400, 422)


def unknown_parameters_are_passed_over(w):
    w.alice.get("/api/v1/timelines/home", {"nonsense": "1", "x[y][]": "2"}).ok
    posts_by(w, json={"status": "with more", "nonsense": {"a": [1, None]}, "quote_id": None, "poll": None, "media_ids": [], "scheduled_at": None, "spoiler_text": None, "language": None, "in_reply_to_id": None})


def what_is_no_language_is_as_if_none_was_named(w):
    for written, kept in (("FI", "fi"), ("zh-TW", "zh-TW"), ("finnish", None), ("no language", None)):
        usual = posts_by(w, json={"status": "in the usual language"})["language"]
        equal(posts_by(w, json={"status": "x", "language": written})["language"], kept or usual, written)


# Headers.


def answers_are_json_in_utf_8(w):
    for path in ("/api/v1/instance", "/api/v2/instance", "/api/v1/timelines/home", "/api/v1/nonsense", "/api/v1/statuses/1"):
        kind = w.alice.get(path).headers["Content-Type"].replace(" ", "").lower()
        equal(kind, "application/json;charset=utf-8", f"the type of {path}")


def what_is_not_there_is_told_as_json(w):
    for path in ("/api/v1/nonsense", "/api/v9/instance", "/api/nonsense", "/api/v1/accounts/abc", "/api/v1/statuses/0/nonsense"):
        w.alice.get(path).refused(404)
    w.alice.call("POST", "/api/v1/nonsense").refused(404)


def a_last_slash_changes_nothing(w):
    for path in ("/api/v1/instance/", "/api/v2/instance/", "/api/v1/timelines/public/", "/api/v1/accounts/verify_credentials/"):
        w.alice.get(path).ok


def the_head_of_an_answer_may_be_asked_for(w):
    for path in ("/api/v1/instance", "/api/v1/timelines/public", "/.well-known/oauth-authorization-server"):
        answer = w.alice.call("HEAD", path)
        equal((answer.status, answer.text), (200, ""), f"HEAD {path}")
        assert answer.headers["Content-Type"].startswith("application/json"), "no type"


def other_sites_may_ask_before_they_call(w):
    for path in DOORS:
        head = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type, idempotency-key"}
        answer = w.anyone.call("OPTIONS", path, headers=head)
        assert answer.status in (200, 204), f"OPTIONS {path} is answered {answer.status}"
        equal(answer.headers.get("Access-Control-Allow-Origin"), "*", f"who may call {path}")
        methods = answer.headers.get("Access-Control-Allow-Methods", "").upper()
        assert all(method in methods for method in ("GET", "POST", "PUT", "PATCH", "DELETE")), f"{path} allows {methods}"
        heads = answer.headers.get("Access-Control-Allow-Headers", "").lower()
        assert heads == "*" or all(name in heads for name in ("authorization", "content-type", "idempotency-key")), f"{path} allows {heads}"


def other_sites_may_read_answers(w):
    for path in DOORS:
        answer = w.alice.get(path, headers={"Origin": "https://app.example"})
        equal(answer.headers.get("Access-Control-Allow-Origin"), "*", f"who may read {path}, answered {answer.status}")
        exposed = answer.headers.get("Access-Control-Expose-Headers", "").lower()
        for name in ("link", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"):
            assert name in exposed, f"{path} does not expose {name}, but {exposed}"


def answers_for_one_person_are_not_kept(w):
    for path in ("/api/v1/timelines/home", "/api/v1/accounts/verify_credentials", "/api/v1/notifications"):
        kept = w.alice.get(path).headers.get("Cache-Control", "")
        assert "no-store" in kept and "private" in kept, f"Cache-Control of {path} is {kept!r}"


def a_refusal_names_the_scheme(w):
    answer = w.anyone.get("/api/v1/timelines/home")
    answer.refused(401)
    assert "bearer" in answer.headers.get("WWW-Authenticate", "").lower(), "WWW-Authenticate does not say Bearer"


def a_wrong_token_is_refused_everywhere(w):
    for path in ("/api/v1/timelines/home", "/api/v1/timelines/public", f"/api/v1/statuses/{w.public['id']}"):
        w.anyone.get(path, token="nonsense").refused(401)


# Clients.


def raw(w, method: str, path: str, headers: dict, body: bytes | None = None):
    """A request with exactly these headers."""
    place = urlsplit(w.origin)
    line = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
    line.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        line.putheader(name, value)
    line.endheaders(body)
    answer = line.getresponse()
    text = answer.read()
    line.close()
    return answer.status, text


def clients_without_a_name_are_served(w):
    bearer = {"Authorization": f"Bearer {w.token('alice')}"}
    for path in ("/api/v1/instance", "/api/v1/timelines/home", "/nodeinfo/2.0", "/@alice"):
        status, _ = raw(w, "GET", path, bearer)
        equal(status, 200, f"the status of {path}")


def clients_that_accept_nothing_special_are_served(w):
    for accept in ("*/*", "application/json", "text/html", "image/webp"):
        equal(w.alice.get("/api/v1/timelines/home", headers={"Accept": accept}).status, 200, f"Accept: {accept}")


def a_token_may_be_written_in_other_ways(w):
    token = w.token("alice")
    w.anyone.get("/api/v1/timelines/home", headers={"Authorization": f"bearer {token}"}).ok
    w.anyone.get("/api/v1/timelines/home", {"access_token": token}).ok


def an_empty_post_needs_no_body(w):
    status, text = raw(w, "POST", f"/api/v1/statuses/{w.of_bob['id']}/favourite", {"Authorization": f"Bearer {w.token('alice')}", "Content-Length": "0"})
    equal(status, 200, f"the status; {text[:100]}")
    w.alice.post(f"/api/v1/statuses/{w.of_bob['id']}/unfavourite").ok


def a_refused_body_does_not_end_the_connection(w):
    place = urlsplit(w.origin)
    line = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
    for path, status in (("/api/v1/nonsense", 404), ("/api/v1/statuses", 401), ("/api/v1/lists", 401)):
        line.request("POST", path, body=b"status=" + b"x" * 200_000, headers={"Content-Type": "application/x-www-form-urlencoded"})
        answer = line.getresponse()
        answer.read()
        # `http.client` opens a new connection by itself only where it was told of the end.
        equal((answer.status, answer.will_close), (status, False), f"POST {path}")
    line.close()


def a_wide_scope_covers_the_narrow_ones(w):
    reads = w.person("alice", "read")
    reads.get("/api/v1/timelines/home").ok
    reads.get("/api/v1/notifications").ok
    reads.post("/api/v1/statuses", {"status": "no"}).refused(403)
    follows = w.person("alice", "follow")
    follows.post(f"/api/v1/accounts/{w.ids['bob']}/follow").ok
    follows.get("/api/v1/blocks").ok
    follows.get("/api/v1/timelines/home").refused(403)
    whole = w.person("alice", SCOPES)
    whole.get("/api/v1/follow_requests").ok


def what_is_private_looks_missing(w):
    for post in (w.private, w.direct):
        for caller in (w.anyone, w.erin):
            for rest in ("", "/context", "/history", "/reblogged_by", "/favourited_by"):
                caller.get(f"/api/v1/statuses/{post['id']}{rest}").refused(404)
        for verb in ("favourite", "reblog", "bookmark"):
            w.erin.post(f"/api/v1/statuses/{post['id']}/{verb}").refused(404)


def ids_are_decimal_texts_everywhere(w):
    def look(value, at):
        if isinstance(value, dict):
            for name, inside in value.items():
                if name == "id" and not isinstance(inside, str):
                    raise AssertionError(f"{at}.id is {inside!r}")
                look(inside, f"{at}.{name}")
        elif isinstance(value, list):
            for inside in value:
                look(inside, at)

    for path in ("/api/v1/timelines/home", "/api/v1/notifications", "/api/v2/instance", "/api/v1/accounts/verify_credentials"):
        look(json.loads(w.alice.get(path).text), path)


CHECKS = [
    a_body_may_be_a_form, a_body_may_be_multipart, a_body_may_be_json, a_body_may_stand_in_the_query,
    booleans_are_written_in_many_ways, nested_names_are_read_from_forms, nested_names_are_read_from_parts,
    lists_are_written_in_many_ways, a_poll_may_come_as_a_form, media_ids_may_come_as_a_form, a_filter_may_come_as_a_form,
    markers_may_come_as_a_form, a_broken_body_is_refused, unknown_parameters_are_passed_over, what_is_no_language_is_as_if_none_was_named, answers_are_json_in_utf_8,
    what_is_not_there_is_told_as_json, a_last_slash_changes_nothing, the_head_of_an_answer_may_be_asked_for,
    other_sites_may_ask_before_they_call, other_sites_may_read_answers, answers_for_one_person_are_not_kept,
    a_refusal_names_the_scheme, a_wrong_token_is_refused_everywhere, clients_without_a_name_are_served,
    clients_that_accept_nothing_special_are_served, a_token_may_be_written_in_other_ways, an_empty_post_needs_no_body,
    a_refused_body_does_not_end_the_connection, a_wide_scope_covers_the_narrow_ones, what_is_private_looks_missing, ids_are_decimal_texts_everywhere,
]  # fmt: skip


def check(world, checks: Checks) -> None:
    for act in CHECKS:
        checks.run(act.__name__.replace("_", " "), lambda act=act: act(world))
