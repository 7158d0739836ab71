"""Our server as an app sees it, through Mastodon.py: registration, the OAuth
code walk by plain HTML forms, and the client API. See README.md."""

import base64
import hashlib
import os
import pathlib
import secrets
import signal
import sys
import tempfile
import time
from urllib.parse import urlencode

import requests
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError, MastodonUnauthorizedError

from browser import Browser
from server_process import PASSWORD, Server, settled

SCOPES = ["read", "write", "follow", "push"]
REDIRECT = "http://127.0.0.1:9/callback"
PATIENCE_SECONDS = 20


class Checks:
    """Runs functions as named checks; a name is the function's, spelled out."""

    def __init__(self):
        self.passed = self.failed = 0

    def run(self, act, *args) -> None:
        name = act.__name__.replace("_", " ")
        try:
            act(*args)
        except Exception as error:  # whatever it is, it is why the check failed
            self.failed += 1
            words = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"not ok {name}: {words[:400]}", flush=True)
        else:
            self.passed += 1
            print(f"ok {name}", flush=True)

    def finish(self) -> int:
        print(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.passed and not self.failed else 1


def equal(found, expected, what: str) -> None:
    assert found == expected, f"{what} is {found!r}, not {expected!r}"


def refused(kinds, act, *args, **named) -> None:
    try:
        answer = act(*args, **named)
    except kinds:
        return
    raise AssertionError(f"not refused, but answered {str(answer)[:200]}")


def until(what: str, look):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


class World:
    """What the checks hand on to each other."""

    def __init__(self, server: Server):
        self.server = server
        self.run = secrets.token_hex(3)
        self.posts = {}

    def client(self, token: str) -> Mastodon:
        return Mastodon(access_token=token, api_base_url=self.server.origin, ratelimit_method="throw", request_timeout=20)


# Registration and OAuth.


def the_server_is_healthy(world: World):
    world.server.wait_until_healthy()


def accounts_are_made_on_the_command_line(world: World):
    for name in ("carol", "dave"):
        world.server.create_account(name)
    world.dave = world.client(world.server.create_token("dave"))


def an_app_registers(world: World):
    world.app_id, world.app_secret = Mastodon.create_app(
        "Antiphon's test", scopes=SCOPES, redirect_uris=REDIRECT, website="https://example.org", api_base_url=world.server.origin
    )
    assert world.app_id and world.app_secret, "no id or secret"


def authorization_url(world: World, **more) -> str:
    query = {"response_type": "code", "client_id": world.app_id, "redirect_uri": REDIRECT, "scope": " ".join(SCOPES)}
    return f"{world.server.origin}/oauth/authorize?{urlencode(query | more)}"


def walk(world: World, **more) -> dict:
    url = authorization_url(world, **more)
    return Browser().authorize(url, REDIRECT, "carol", "carol@example.org", PASSWORD)


def a_person_logs_in_and_consents_and_the_app_gets_a_token(world: World):
    answer = walk(world, state="s t&te")
    equal(answer.get("state"), "s t&te", "the state")
    app = Mastodon(client_id=world.app_id, client_secret=world.app_secret, api_base_url=world.server.origin)
    world.code = answer["code"]
    token = app.log_in(code=world.code, redirect_uri=REDIRECT, scopes=SCOPES, allow_http=True)
    world.carol = world.client(token)


def exchange(world: World, code: str, **more) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": world.app_id,
        "client_secret": world.app_secret,
        "redirect_uri": REDIRECT,
    }
    return requests.post(f"{world.server.origin}/oauth/token", data=form | more, timeout=20)


def a_wrong_verifier_is_refused_and_the_right_one_taken(world: World):
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    pkce = {"code_challenge": challenge, "code_challenge_method": "S256"}
    answer = exchange(world, walk(world, **pkce)["code"], code_verifier="not this one but long enough to be a verifier")
    assert answer.status_code in (400, 401), f"it was answered {answer.status_code}"
    answer = exchange(world, walk(world, **pkce)["code"], code_verifier=verifier)
    equal(answer.status_code, 200, "the status")


def a_foreign_redirect_is_refused(world: World):
    url = authorization_url(world, redirect_uri="http://127.0.0.1:9/elsewhere")
    answer = requests.get(url, allow_redirects=False, timeout=20)
    assert 400 <= answer.status_code < 500, f"it was answered {answer.status_code}"


def a_wrong_secret_is_refused(world: World):
    answer = exchange(world, walk(world)["code"], client_secret="wrong")
    assert answer.status_code in (400, 401), f"it was answered {answer.status_code}"


def without_a_token_the_account_is_not_told(world: World):
    refused(MastodonUnauthorizedError, world.client("no-such-token").account_verify_credentials)


# Who and where.


def credentials_are_verified(world: World):
    world.me = world.carol.account_verify_credentials()
    equal(world.me.username, "carol", "the name")
    equal(world.me.acct, "carol", "the handle at home")
    equal(world.me.source.privacy, "public", "the default visibility")
    equal(world.carol.app_verify_credentials().name, "Antiphon's test", "the app's name")


def the_instance_describes_itself(world: World):
    assert world.carol.instance_v1().version, "no version in the first form"
    equal(world.carol.instance_v2().domain, world.server.origin.removeprefix("http://"), "the domain")
    equal(world.carol.instance_nodeinfo().software.name, "antiphon", "the software")


def an_account_is_looked_up_and_searched(world: World):
    world.him = world.carol.account_lookup("dave")
    equal(world.him.username, "dave", "the name")
    refused(MastodonNotFoundError, world.carol.account_lookup, "nobody")
    found = world.carol.search_v2("dave", result_type="accounts")
    assert world.him.id in [account.id for account in found.accounts], "not among the found"


def a_profile_is_changed(world: World):
    world.carol.account_update_credentials(display_name="Carol C.", note="sings", fields=[("voice", "alto")])
    me = world.dave.account(world.me.id)
    equal(me.display_name, "Carol C.", "the name")
    assert "sings" in me.note, f"the note is {me.note}"
    equal([(one.name, one.value) for one in me.fields], [("voice", "alto")], "the fields")


def follows_show_in_relations(world: World):
    world.dave.account_follow(world.me.id)
    until("the follow is there", lambda: world.dave.account_relationships(world.me.id)[0].following)
    assert world.carol.account_relationships(world.him.id)[0].followed_by, "not followed by dave"
    equal([one.id for one in world.carol.account_followers(world.me.id)], [world.him.id], "the followers")
    equal([one.id for one in world.dave.account_following(world.him.id)], [world.me.id], "the followed")


# Posts.


def posts_are_made_in_four_visibilities(world: World):
    for visibility in ("public", "unlisted", "private", "direct"):
        words = f"@dave {visibility} {world.run}" if visibility == "direct" else f"{visibility} {world.run}"
        world.posts[visibility] = post = world.carol.status_post(words, visibility=visibility)
        equal(post.visibility, visibility, "the visibility")
        assert f"{visibility} {world.run}" in post.content, f"the content is {post.content}"
        equal(world.carol.status(post.id).uri, post.uri, "the post read back")


def the_same_key_makes_one_post(world: World):
    first, second = (world.carol.status_post("once", visibility="unlisted", idempotency_key=world.run) for _ in range(2))
    equal(second.id, first.id, "the second id")


def a_warning_and_a_language_are_kept(world: World):
    post = world.carol.status_post("behind", spoiler_text="careful", language="de", sensitive=True)
    equal((post.spoiler_text, post.language, post.sensitive), ("careful", "de", True), "the post")


def mentions_and_hashtags_are_found(world: World):
    post = world.carol.status_post(f"@dave sings #choir{world.run}")
    equal([one.id for one in post.mentions], [world.him.id], "the mentions")
    equal([tag.name for tag in post.tags], [f"choir{world.run}"], "the hashtags")
    equal([one.id for one in world.dave.timeline_hashtag(f"choir{world.run}")], [post.id], "the posts with the hashtag")
    found = world.dave.search_v2(f"choir{world.run}", result_type="hashtags").hashtags
    equal([tag.name for tag in found], [f"choir{world.run}"], "the found hashtags")


def a_post_is_found_by_its_url(world: World):
    post = world.posts["public"]
    for url in (post.uri, post.url):
        found = world.dave.search_v2(url, resolve=True, result_type="statuses").statuses
        equal([one.id for one in found], [post.id], f"what is found for {url}")


def an_empty_post_is_refused(world: World):
    refused(MastodonAPIError, world.carol.status_post, "")


def what_a_post_cannot_have_is_refused(world: World):
    poll = world.carol.make_poll(["one"], expires_in=600)
    refused(MastodonAPIError, world.carol.status_post, "which?", poll=poll)
    refused(MastodonAPIError, world.carol.status_post, "which?", media_ids=[17])


def a_stranger_cannot_see_what_is_not_for_him(world: World):
    anyone = Mastodon(api_base_url=world.server.origin)
    for visibility in ("private", "direct"):
        refused((MastodonNotFoundError, MastodonUnauthorizedError), anyone.status, world.posts[visibility].id)
    equal(anyone.status(world.posts["public"].id).id, world.posts["public"].id, "the public post")


def home_shows_what_the_followed_wrote(world: World):
    ids = until("home shows the posts", lambda: [post.id for post in world.dave.timeline_home(limit=40)])
    for visibility in ("public", "unlisted", "private"):
        assert world.posts[visibility].id in ids, f"the {visibility} post is missing"
    public = [post.id for post in world.dave.timeline_local(limit=40)]
    assert world.posts["public"].id in public, "the public post is missing from the local timeline"
    assert not {world.posts[v].id for v in ("unlisted", "private", "direct")} & set(public), "too much is public"


def pages_follow_one_another(world: World):
    whole = [post.id for post in world.dave.timeline_home(limit=40)]
    page = world.dave.timeline_home(limit=2)
    seen = []
    while page:
        seen += [post.id for post in page]
        page = world.dave.fetch_next(page)
    equal(seen, whole, "the pages together")


def a_thread_has_ancestors_and_descendants(world: World):
    root = world.posts["public"]
    world.reply = world.dave.status_reply(root, f"a reply {world.run}")
    equal(world.reply.in_reply_to_id, root.id, "the parent")
    below = world.carol.status_reply(world.reply, f"a reply to the reply {world.run}")
    context = world.carol.status_context(world.reply.id)
    equal([post.id for post in context.ancestors], [root.id], "the ancestors")
    equal([post.id for post in context.descendants], [below.id], "the descendants")
    equal(world.carol.status(root.id).replies_count, 1, "the count of replies")


def an_edit_is_kept_with_its_history(world: World):
    post = world.posts["public"]
    edited = world.carol.status_update(post.id, f"changed {world.run}")
    assert f"changed {world.run}" in edited.content and edited.edited_at, f"the answer is {edited.content}"
    equal(world.carol.status_source(post.id).text, f"changed {world.run}", "the source")
    equal(len(world.carol.status_history(post.id)), 2, "the count of versions")
    refused(MastodonAPIError, world.dave.status_update, post.id, "not mine")


def a_post_is_liked_and_boosted(world: World):
    post = world.posts["public"]
    assert world.dave.status_favourite(post.id).favourited, "not liked"
    assert world.dave.status_reblog(post.id).reblog.reblogged, "not boosted"
    equal([one.id for one in world.carol.status_favourited_by(post.id)], [world.him.id], "who liked it")
    equal([one.id for one in world.carol.status_reblogged_by(post.id)], [world.him.id], "who boosted it")
    equal([one.id for one in world.dave.favourites()], [post.id], "the likes")
    now = world.carol.status(post.id)
    equal((now.favourites_count, now.reblogs_count), (1, 1), "the counts")
    refused(MastodonAPIError, world.dave.status_reblog, world.posts["private"].id)


def notifications_tell_of_it(world: World):
    want = {"follow", "mention", "favourite", "reblog"}
    look = lambda: {one.type for one in world.carol.notifications(limit=40)} >= want  # noqa: E731
    until(f"all of {sorted(want)} are there", look)
    likes = world.carol.notifications(types=["favourite"])
    equal([(one.account.id, one.status.id) for one in likes], [(world.him.id, world.posts["public"].id)], "the likes")
    direct = [one.status.id for one in world.dave.notifications(types=["mention"])]
    assert world.posts["direct"].id in direct, "the direct post is missing"


def they_are_taken_back(world: World):
    post = world.posts["public"]
    world.dave.status_unfavourite(post.id)
    world.dave.status_unreblog(post.id)
    now = world.dave.status(post.id)
    equal((now.favourited, now.reblogged), (False, False), "what dave did")
    equal((now.favourites_count, now.reblogs_count), (0, 0), "the counts")


def a_deleted_post_is_gone(world: World):
    refused(MastodonAPIError, world.dave.status_delete, world.posts["unlisted"].id)
    world.carol.status_delete(world.posts["unlisted"].id)
    refused(MastodonNotFoundError, world.carol.status, world.posts["unlisted"].id)
    ids = [post.id for post in world.dave.timeline_home(limit=40)]
    assert world.posts["unlisted"].id not in ids, "still in home"


def a_follow_is_asked_for_where_an_account_is_locked(world: World):
    world.dave.account_update_credentials(locked=True)
    assert world.carol.account_follow(world.him.id).requested, "not requested"
    equal([one.id for one in world.dave.follow_requests()], [world.me.id], "the requests")
    asked = [one.account.id for one in world.dave.notifications(types=["follow_request"])]
    equal(asked, [world.me.id], "who asked, in the notifications")
    world.dave.follow_request_reject(world.me.id)
    relation = world.carol.account_relationships(world.him.id)[0]
    equal((relation.requested, relation.following), (False, False), "requested, following after the refusal")
    world.carol.account_follow(world.him.id)
    assert world.dave.follow_request_authorize(world.me.id).followed_by, "not followed after the consent"
    assert world.carol.account_relationships(world.him.id)[0].following, "not following after the consent"
    assert not world.carol.account_unfollow(world.him.id).following, "still following"


def blocks_end_follows(world: World):
    assert world.carol.account_block(world.him.id).blocking, "not blocked"
    relation = world.dave.account_relationships(world.me.id)[0]
    assert not relation.following, "dave still follows"
    equal([one.id for one in world.carol.blocks()], [world.him.id], "the blocks")
    assert not world.carol.account_unblock(world.him.id).blocking, "still blocked"


def what_apps_ask_at_start_is_answered(world: World):
    carol = world.carol
    equal(carol.preferences()["posting:default:visibility"], "public", "the preference")
    for ask in (carol.custom_emojis, carol.instance_rules, carol.follow_requests, carol.blocks, carol.favourites):
        assert isinstance(ask(), list), f"{ask.__name__} is no list"


def a_revoked_token_is_dead(world: World):
    token = world.carol.access_token
    form = {"token": token, "client_id": world.app_id, "client_secret": world.app_secret}
    equal(requests.post(f"{world.server.origin}/oauth/revoke", data=form, timeout=20).status_code, 200, "the status")
    refused(MastodonUnauthorizedError, world.client(token).account_verify_credentials)


def a_code_used_twice_is_refused_and_its_token_revoked(world: World):
    code = walk(world)["code"]
    first = exchange(world, code)
    equal(first.status_code, 200, "the first status")
    assert exchange(world, code).status_code in (400, 401), "the second was not refused"
    refused(MastodonUnauthorizedError, world.client(first.json()["access_token"]).account_verify_credentials)


ALL = [
    the_server_is_healthy, accounts_are_made_on_the_command_line, an_app_registers,
    a_person_logs_in_and_consents_and_the_app_gets_a_token, a_wrong_verifier_is_refused_and_the_right_one_taken,
    a_foreign_redirect_is_refused, a_wrong_secret_is_refused, without_a_token_the_account_is_not_told,
    credentials_are_verified, the_instance_describes_itself, an_account_is_looked_up_and_searched, a_profile_is_changed,
    follows_show_in_relations, posts_are_made_in_four_visibilities, the_same_key_makes_one_post,
    a_warning_and_a_language_are_kept, mentions_and_hashtags_are_found, a_post_is_found_by_its_url,
    an_empty_post_is_refused, what_a_post_cannot_have_is_refused, a_stranger_cannot_see_what_is_not_for_him,
    home_shows_what_the_followed_wrote, pages_follow_one_another, a_thread_has_ancestors_and_descendants,
    an_edit_is_kept_with_its_history, a_post_is_liked_and_boosted, notifications_tell_of_it, they_are_taken_back,
    a_deleted_post_is_gone, a_follow_is_asked_for_where_an_account_is_locked, blocks_end_follows,
    what_apps_ask_at_start_is_answered, a_revoked_token_is_dead,
    a_code_used_twice_is_refused_and_its_token_revoked,
]  # fmt: skip


def main() -> int:
    # However this is ended, the server is ended with it.
    for ended in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ended, lambda number, _: sys.exit(128 + number))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="antiphon-clients-"))
    checks = Checks()
    with Server(os.environ["ANTIPHON_BIN"], folder) as server:
        world = World(server)
        for act in ALL:
            checks.run(act, world)
            if act is the_server_is_healthy and checks.failed:
                break
    return settled(checks.finish(), folder, "--keep" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
