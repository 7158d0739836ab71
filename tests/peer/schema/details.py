"""Details that break apps when they are wrong."""

from .checks import Checks, equal, until
from .world import made


def the_version_begins_like_mastodons(w):
    for path in ("/api/v1/instance", "/api/v2/instance"):
        version = w.anyone.get(path).ok["version"]
        assert version.split(".")[0] == "4" and "compatible; Antiphon" in version, f"the version is {version}"


def the_api_version_is_told(w):
    equal(w.anyone.get("/api/v2/instance").ok["api_versions"]["mastodon"] >= 2, True, "grouped notifications are told of")


def nodeinfo_names_what_it_is_like(w):
    links = w.anyone.get("/.well-known/nodeinfo").ok["links"]
    for link in links:
        info = w.anyone.get(link["href"]).ok
        equal(info["metadata"]["upstream"]["name"], "mastodon", "the name")
        equal(info["software"]["name"], "antiphon", "the software")


def streams_are_announced_at_a_socket(w):
    for path, read in (("/api/v1/instance", lambda one: one["urls"]["streaming_api"]), ("/api/v2/instance", lambda one: one["configuration"]["urls"]["streaming"])):
        equal(read(w.anyone.get(path).ok), w.origin.replace("http://", "ws://"), "the address")


def limits_are_told_truly(w):
    told = w.anyone.get("/api/v2/instance").ok["configuration"]
    equal(told["statuses"]["max_characters"], 5000, "characters")
    assert told["statuses"]["max_media_attachments"] >= 4, "no four pictures"
    assert told["polls"]["max_options"] >= 4, "no four options"
    most = told["statuses"]["max_characters"]
    w.post(w.alice, "x" * most)
    w.alice.post("/api/v1/statuses", {"status": "x" * (most + 1)}).refused(422)


def links_and_mentions_count_as_apps_count_them(w):
    url = "https://example.org/" + "a" * 300
    most = w.anyone.get("/api/v2/instance").ok["configuration"]["statuses"]["max_characters"]
    w.post(w.alice, "x" * (most - 24) + " " + url)
    w.alice.post("/api/v1/statuses", {"status": "x" * (most - 23) + " " + url}).refused(422)
    w.post(w.alice, "x" * (most - 5) + " @bob@" + w.origin.removeprefix("http://"))


def a_post_has_a_page_at_the_account(w):
    url = w.public["url"]
    assert url.endswith(f"/@alice/{w.public['id']}"), f"the URL is {url}"
    answer = w.anyone.get(url, headers={"Accept": "text/html"})
    equal((answer.status, answer.headers["Content-Type"].split(";")[0]), (200, "text/html"), "the page")


def an_account_has_its_uri(w):
    for name in ("alice", "rita"):
        account = w.alice.get(f"/api/v1/accounts/{w.ids[name]}").ok
        assert account["uri"].endswith(f"/users/{name}") and isinstance(account["indexable"], bool), f"uri is {account['uri']}"


def the_same_key_makes_one_post(w):
    first, second = (w.alice.post("/api/v1/statuses", {"status": "once"}, headers={"Idempotency-Key": w.run}).ok for _ in range(2))
    equal(second["id"], first["id"], "the second id")


def a_deleted_post_is_gone(w):
    gone = w.post(w.alice, "gone")
    answer = w.post(w.bob, "answers what goes", in_reply_to_id=gone["id"])
    w.alice.delete(f"/api/v1/statuses/{gone['id']}").ok
    for rest in ("", "/context", "/source", "/history"):
        w.alice.get(f"/api/v1/statuses/{gone['id']}{rest}").refused(404)
    for verb in ("favourite", "reblog", "bookmark", "pin"):
        w.alice.post(f"/api/v1/statuses/{gone['id']}/{verb}").refused(404)
    equal(w.bob.get(f"/api/v1/statuses/{answer['id']}").ok["in_reply_to_id"], None, "what it answered")


def a_post_that_answers_nothing_known_is_refused(w):
    w.alice.post("/api/v1/statuses", {"status": "x", "in_reply_to_id": "999999999999999999"}).refused(404, 422)


def a_thread_is_told_in_order(w):
    root = w.post(w.alice, "root")
    first = w.post(w.bob, "first", in_reply_to_id=root["id"])
    second = w.post(w.carol, "second", in_reply_to_id=root["id"])
    under = w.post(w.alice, "under the first", in_reply_to_id=first["id"])
    below = w.alice.get(f"/api/v1/statuses/{root['id']}/context").ok
    equal([one["id"] for one in below["descendants"]], [first["id"], under["id"], second["id"]], "depth first")
    above = w.alice.get(f"/api/v1/statuses/{under['id']}/context").ok
    equal([one["id"] for one in above["ancestors"]], [root["id"], first["id"]], "from the root")
    equal(w.alice.get(f"/api/v1/statuses/{root['id']}").ok["replies_count"], 2, "the answers counted")


def a_boost_holds_what_it_boosts(w):
    boost = w.carol.post(f"/api/v1/statuses/{w.of_bob['id']}/reblog").ok
    equal((boost["reblog"]["id"], boost["account"]["username"]), (w.of_bob["id"], "carol"), "the boost")
    again = w.carol.post(f"/api/v1/statuses/{w.of_bob['id']}/reblog").ok
    equal(again["id"], boost["id"], "the boost made twice")
    equal(w.carol.post(f"/api/v1/statuses/{boost['id']}/favourite").ok["id"], w.of_bob["id"], "the liked post")
    w.carol.post(f"/api/v1/statuses/{boost['id']}/unreblog").ok
    equal(w.carol.get(f"/api/v1/statuses/{w.of_bob['id']}").ok["reblogged"], False, "still boosted")


def a_private_post_may_be_boosted_by_its_author_only(w):
    own = w.post(w.alice, "for few", visibility="private")
    w.alice.post(f"/api/v1/statuses/{own['id']}/reblog").ok
    w.bob.post(f"/api/v1/statuses/{own['id']}/reblog").refused(403, 404, 422)


def handles_are_found_in_every_spelling(w):
    here = w.origin.removeprefix("http://")
    for handle in ("bob", "BOB", "@bob", f"bob@{here}", f"@bob@{here}"):
        equal(w.alice.get("/api/v1/accounts/lookup", {"acct": handle}).ok["id"], w.ids["bob"], f"who is {handle}")
    w.anyone.get("/api/v1/accounts/lookup", {"acct": "nobody"}).refused(404)


def a_post_is_found_by_its_page_and_by_its_id(w):
    for url in (w.public["url"], w.public["uri"], w.of_rita["url"], w.of_rita["uri"]):
        found = w.alice.get("/api/v2/search", {"q": url, "resolve": "true"}).ok["statuses"]
        assert found and found[0]["uri"] in (w.public["uri"], w.of_rita["uri"]), f"{url} is not found"


def accounts_are_found_by_their_beginning(w):
    found = w.alice.get("/api/v1/accounts/search", {"q": "bo", "limit": 5}).ok
    equal("bob" in [one["username"] for one in found], True, "bob among the found")
    equal(w.alice.get("/api/v1/accounts/search", {"q": "rita", "following": "true"}).ok[0]["username"], "rita", "who is followed")


def posts_of_an_account_are_chosen(w):
    path = f"/api/v1/accounts/{w.ids['alice']}/statuses"
    posts = w.alice.get(path, {"exclude_replies": "true", "exclude_reblogs": "true", "limit": 40}).ok
    # Who goes on with an own post answers nobody else.
    own = lambda one: one["in_reply_to_account_id"] in (None, w.ids["alice"]) and one["reblog"] is None  # noqa: E731
    assert posts and all(map(own, posts)), "answers or boosts among them"
    assert all(one["media_attachments"] for one in w.alice.get(path, {"only_media": "true"}).ok), "posts without media"
    assert all(one["tags"] for one in w.alice.get(path, {"tagged": f"song{w.run}"}).ok), "posts without the tag"
    seen = {one["visibility"] for one in w.anyone.get(path, {"limit": 40}).ok}
    assert seen <= {"public", "unlisted"}, f"a stranger sees {seen}"


def pinned_posts_are_told_apart(w):
    made(w.alice.post(f"/api/v1/statuses/{w.public['id']}/pin"))
    pinned = w.anyone.get(f"/api/v1/accounts/{w.ids['alice']}/statuses", {"pinned": "true"}).ok
    equal([one["id"] for one in pinned], [w.public["id"]], "the pinned posts")
    w.bob.post(f"/api/v1/statuses/{w.public['id']}/pin").refused(422)
    w.alice.post(f"/api/v1/statuses/{w.public['id']}/unpin").ok


def timelines_are_chosen(w):
    local = w.alice.get("/api/v1/timelines/public", {"local": "true", "limit": 40}).ok
    assert local and all("@" not in one["account"]["acct"] for one in local), "others among the local ones"
    remote = w.alice.get("/api/v1/timelines/public", {"remote": "true", "limit": 40}).ok
    assert remote and all("@" in one["account"]["acct"] for one in remote), "local ones among the others"
    tagged = lambda **more: [one["id"] for one in w.alice.get(f"/api/v1/timelines/tag/song{w.run}", more).ok]  # noqa: E731
    equal(set(tagged()) >= {w.public["id"], w.of_bob["id"]}, True, "the posts with the tag")
    equal(tagged(**{"all[]": "nonsense"}), [], "with another tag too")
    equal(tagged(**{"none[]": f"song{w.run}"}), [], "but without itself")
    equal(set(tagged(**{"any[]": f"far{w.run}"})) >= {w.of_rita["id"]}, True, "with either tag")
    equal(tagged() == [one["id"] for one in w.alice.get(f"/api/v1/timelines/tag/SONG{w.run}").ok], True, "case does not matter")


def notifications_are_chosen(w):
    kinds = lambda **more: {one["type"] for one in w.alice.get("/api/v1/notifications", more).ok}  # noqa: E731
    equal(kinds(**{"types[]": ["mention", "reblog"]}), {"mention", "reblog"}, "only these types")
    equal(bool(kinds(**{"exclude_types[]": ["reblog"]}) & {"reblog"}), False, "the excluded type")
    of_bob = w.alice.get("/api/v1/notifications", {"account_id": w.ids["bob"]}).ok
    assert of_bob and {one["account"]["id"] for one in of_bob} == {w.ids["bob"]}, "others' notifications"


def a_mention_arrives_from_afar(w):
    w.rita.post("/api/v1/statuses", {"status": f"@alice@{w.origin.removeprefix('http://')} hello from afar"}).ok
    look = lambda: [one for one in w.alice.get("/api/v1/notifications", {"types[]": "mention"}).ok if one["account"]["id"] == w.ids["rita"]]  # noqa: E731
    until("the mention is there", look)


def a_like_goes_afar(w):
    w.alice.post(f"/api/v1/statuses/{w.of_rita['id']}/favourite").ok
    look = lambda: [one for one in w.rita.get("/api/v1/notifications").ok if one["type"] == "favourite"]  # noqa: E731
    until("rita is told", look)


def markdown_is_understood(w):
    post = w.post(w.alice, "**bold** and *slanted*", content_type="text/markdown")
    assert "<strong>bold</strong>" in post["content"] and "<em>slanted</em>" in post["content"], post["content"]


def a_line_break_is_kept(w):
    post = w.post(w.alice, "one\ntwo\n\nthree")
    equal(post["content"], "<p>one<br />two</p><p>three</p>", "the content") if "<br />" in post["content"] else equal(post["content"], "<p>one<br>two</p><p>three</p>", "the content")


def what_is_public_can_be_read_by_anyone(w):
    for path in (f"/api/v1/statuses/{w.public['id']}", f"/api/v1/statuses/{w.public['id']}/context", "/api/v1/timelines/public", f"/api/v1/accounts/{w.ids['alice']}", f"/api/v1/accounts/{w.ids['alice']}/statuses"):
        w.anyone.get(path).ok


def who_is_blocked_sees_nothing(w):
    w.alice.post(f"/api/v1/accounts/{w.ids['f6']}/block").ok
    equal(w.f6.get(f"/api/v1/accounts/{w.ids['alice']}/statuses").body, [], "the posts for who is blocked")
    w.f6.get(f"/api/v1/statuses/{w.public['id']}").refused(404)
    w.f6.post(f"/api/v1/accounts/{w.ids['alice']}/follow").refused(403, 404, 422)
    equal(w.f6.get("/api/v1/accounts/relationships", {"id[]": w.ids["alice"]}).ok[0]["blocked_by"], True, "blocked by alice")
    w.alice.post(f"/api/v1/accounts/{w.ids['f6']}/unblock").ok


def nobody_follows_himself(w):
    w.alice.post(f"/api/v1/accounts/{w.ids['alice']}/follow").refused(403, 422)


CHECKS = [
    the_version_begins_like_mastodons, the_api_version_is_told, nodeinfo_names_what_it_is_like,
    streams_are_announced_at_a_socket, limits_are_told_truly, links_and_mentions_count_as_apps_count_them,
    a_post_has_a_page_at_the_account, an_account_has_its_uri, the_same_key_makes_one_post, a_deleted_post_is_gone,
    a_post_that_answers_nothing_known_is_refused, a_thread_is_told_in_order, a_boost_holds_what_it_boosts,
    a_private_post_may_be_boosted_by_its_author_only, handles_are_found_in_every_spelling,
    a_post_is_found_by_its_page_and_by_its_id, accounts_are_found_by_their_beginning, posts_of_an_account_are_chosen,
    pinned_posts_are_told_apart, timelines_are_chosen, notifications_are_chosen, a_mention_arrives_from_afar,
    a_like_goes_afar, markdown_is_understood, a_line_break_is_kept, what_is_public_can_be_read_by_anyone,
    who_is_blocked_sees_nothing, nobody_follows_himself,
]  # fmt: skip


def check(world, checks: Checks) -> None:
    for act in CHECKS:
        checks.run(act.__name__.replace("_", " "), lambda act=act: act(world))
