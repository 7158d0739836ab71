"""Every method of Mastodon.py for what the server has, once, live: what it
asks is answered, and what is answered it can read."""

import datetime
import os
import pathlib
import secrets
import signal
import sys
import tempfile
import threading

from mastodon import Mastodon, StreamListener

from clients import Checks, equal, until
from schema.world import png
from server_process import Server, settled

NEXT_YEAR = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=300)


class World:
    """Two people on a server, and what the calls hand on."""

    def __init__(self, server: Server):
        self.server = server
        self.run = secrets.token_hex(3)
        for name in ("ada", "ben", "cleo"):
            server.create_account(name)
            scopes = "profile read write follow push"
            client = Mastodon(
                access_token=server.create_token(name, scopes), api_base_url=server.origin, ratelimit_method="throw", request_timeout=20
            )
            setattr(self, name, client)
            setattr(self, f"{name}s_id", client.me().id)

    def picture(self):
        return self.ada.media_post(png(), mime_type="image/png", description="a picture", focus=(0.5, -0.5), synchronous=True)


def keep(world, name, value):
    setattr(world, name, value)
    return value


def truth(value):
    assert value, f"it is {value!r}"
    return value


def one_of(listing):
    truth(listing)
    return listing[0]


# A name, and a call whose failure is told under it; in this order.
CALLS = [
    ("instance", lambda w: w.ada.instance()),
    ("instance_v1", lambda w: w.ada.instance_v1()),
    ("instance_v2", lambda w: w.ada.instance_v2()),
    ("instance_activity", lambda w: truth(w.ada.instance_activity())),
    ("instance_peers", lambda w: w.ada.instance_peers()),
    ("instance_rules", lambda w: w.ada.instance_rules()),
    ("instance_health", lambda w: truth(w.ada.instance_health())),
    ("instance_nodeinfo", lambda w: w.ada.instance_nodeinfo()),
    ("instance_domain_blocks", lambda w: w.ada.instance_domain_blocks()),
    ("instance_extended_description", lambda w: w.ada.instance_extended_description()),
    ("instance_languages", lambda w: truth(w.ada.instance_languages())),
    ("instance_translation_languages", lambda w: w.ada.instance_translation_languages()),
    ("oauth_authorization_server_info", lambda w: truth(w.ada.oauth_authorization_server_info())),
    ("custom_emojis", lambda w: w.ada.custom_emojis()),
    ("directory", lambda w: w.ada.directory(local=True, order="new")),
    ("announcements", lambda w: w.ada.announcements()),
    ("preferences", lambda w: truth(w.ada.preferences())),
    ("app_verify_credentials", lambda w: w.ada.app_verify_credentials()),
    ("account_verify_credentials", lambda w: w.ada.account_verify_credentials()),
    ("account_update_credentials", lambda w: w.ada.account_update_credentials(display_name="Ada", note="counts", discoverable=True, indexable=True, hide_collections=False, fields=[("a", "b")], default_privacy="public", default_language="en")),
    ("account_update_credentials with pictures", lambda w: truth("/media/" in w.ada.account_update_credentials(avatar=png(), avatar_mime_type="image/png", header=png(3), header_mime_type="image/png").avatar)),
    ("account_delete_avatar", lambda w: w.ada.account_delete_avatar()),
    ("account_delete_header", lambda w: w.ada.account_delete_header()),
    ("account", lambda w: equal(w.ada.account(w.bens_id).username, "ben", "the name")),
    ("accounts", lambda w: equal(len(w.ada.accounts([w.bens_id, w.cleos_id])), 2, "accounts")),
    ("account_lookup", lambda w: equal(w.ada.account_lookup("ben").id, w.bens_id, "the id")),
    ("account_search", lambda w: truth(w.ada.account_search("ben"))),
    ("account_follow", lambda w: truth(w.ada.account_follow(w.bens_id, reblogs=True, notify=True).following)),
    ("account_follow back", lambda w: truth(w.ben.account_follow(w.adas_id).following)),
    ("account_relationships", lambda w: truth(w.ada.account_relationships([w.bens_id])[0].followed_by)),
    ("account_followers", lambda w: truth(w.ada.account_followers(w.adas_id))),
    ("account_following", lambda w: truth(w.ada.account_following(w.adas_id))),
    ("account_familiar_followers", lambda w: w.ada.account_familiar_followers(w.bens_id)),
    ("account_note_set", lambda w: equal(w.ada.account_note_set(w.bens_id, "a friend").note, "a friend", "the note")),
    ("account_mute", lambda w: truth(w.ada.account_mute(w.cleos_id, notifications=True, duration=600).muting)),
    ("mutes", lambda w: truth(w.ada.mutes())),
    ("account_unmute", lambda w: equal(w.ada.account_unmute(w.cleos_id).muting, False, "muting")),
    ("account_block", lambda w: truth(w.ada.account_block(w.cleos_id).blocking)),
    ("blocks", lambda w: truth(w.ada.blocks())),
    ("account_unblock", lambda w: equal(w.ada.account_unblock(w.cleos_id).blocking, False, "blocking")),
    ("domain_block", lambda w: w.ada.domain_block("bad.example")),
    ("domain_blocks", lambda w: equal(list(w.ada.domain_blocks()), ["bad.example"], "the domains")),
    ("domain_unblock", lambda w: w.ada.domain_unblock("bad.example")),
    ("follow_requests", lambda w: (w.cleo.account_update_credentials(locked=True), w.ada.account_follow(w.cleos_id), w.ben.account_follow(w.cleos_id), truth(w.cleo.follow_requests()))),
    ("follow_request_authorize", lambda w: truth(w.cleo.follow_request_authorize(w.adas_id).followed_by)),
    ("follow_request_reject", lambda w: w.cleo.follow_request_reject(w.bens_id)),
    ("account_remove_from_followers", lambda w: equal(w.cleo.account_remove_from_followers(w.adas_id).followed_by, False, "followed by")),
    ("suggestions", lambda w: w.ada.suggestions()),
    ("suggestions_v1", lambda w: w.ada.suggestions_v1()),
    ("suggestions_v2", lambda w: w.ada.suggestions_v2()),
    ("suggestion_delete", lambda w: w.ada.suggestion_delete(w.bens_id)),
    ("media_post", lambda w: truth(keep(w, "media", w.picture()).url)),
    ("media", lambda w: equal(w.ada.media(w.media.id).id, w.media.id, "the id")),
    ("media_update", lambda w: equal(w.ada.media_update(w.media.id, description="other", focus=(0.1, 0.2)).description, "other", "the description")),
    ("decode_blurhash", lambda w: w.ada.decode_blurhash(w.media, (8, 8))),
    ("status_post", lambda w: keep(w, "post", w.ada.status_post(f"@ben a #word{w.run} https://example.org/", language="en", spoiler_text="", sensitive=False))),
    ("toot", lambda w: keep(w, "plain", w.ada.toot("plain"))),
    ("status_post with a picture", lambda w: equal(len(keep(w, "pictured", w.ada.status_post("look", media_ids=[w.media])).media_attachments), 1, "pictures")),
    ("status_post with a poll", lambda w: truth(keep(w, "asked", w.ben.status_post("which?", poll=w.ben.make_poll(["a", "b"], 3600, multiple=True))).poll)),
    ("status_post in Markdown", lambda w: truth("<strong>" in w.ada.status_post("**bold**", content_type="text/markdown").content)),
    ("status_post later", lambda w: equal(keep(w, "later", w.ada.status_post("later", scheduled_at=NEXT_YEAR)).params.text, "later", "the text")),
    ("scheduled_statuses", lambda w: truth(w.ada.scheduled_statuses())),
    ("scheduled_status", lambda w: equal(w.ada.scheduled_status(w.later.id).id, w.later.id, "the id")),
    ("scheduled_status_update", lambda w: w.ada.scheduled_status_update(w.later.id, NEXT_YEAR + datetime.timedelta(days=1))),
    ("scheduled_status_delete", lambda w: w.ada.scheduled_status_delete(w.later.id)),
    ("status", lambda w: equal(w.ben.status(w.post.id).id, w.post.id, "the id")),
    ("statuses", lambda w: equal(len(w.ben.statuses([w.post.id, w.plain.id])), 2, "posts")),
    ("status_reply", lambda w: equal(keep(w, "reply", w.ben.status_reply(w.post, "an answer")).in_reply_to_id, w.post.id, "what it answers")),
    ("status_context", lambda w: truth(w.ada.status_context(w.post.id).descendants)),
    ("status_card", lambda w: w.ada.status_card(w.post.id)),
    ("status_source", lambda w: truth(w.ada.status_source(w.post.id).text)),
    ("status_update", lambda w: truth(w.ada.status_update(w.plain.id, "edited").edited_at)),
    ("status_update of a picture", lambda w: equal(w.ada.status_update(w.pictured.id, "look again", media_ids=[w.media]).media_attachments[0].id, w.media.id, "the picture")),
    ("status_history", lambda w: equal(len(w.ada.status_history(w.plain.id)), 2, "versions")),
    ("status_favourite", lambda w: truth(w.ben.status_favourite(w.post.id).favourited)),
    ("status_favourited_by", lambda w: truth(w.ada.status_favourited_by(w.post.id))),
    ("favourites", lambda w: truth(w.ben.favourites())),
    ("status_reblog", lambda w: truth(w.ben.status_reblog(w.post.id, visibility="unlisted").reblog)),
    ("status_reblogged_by", lambda w: w.ada.status_reblogged_by(w.post.id)),
    ("status_unreblog", lambda w: w.ben.status_unreblog(w.post.id)),
    ("status_unfavourite", lambda w: w.ben.status_unfavourite(w.post.id)),
    ("status_bookmark", lambda w: truth(w.ada.status_bookmark(w.post.id).bookmarked)),
    ("bookmarks", lambda w: truth(w.ada.bookmarks())),
    ("status_unbookmark", lambda w: w.ada.status_unbookmark(w.post.id)),
    ("status_mute", lambda w: truth(w.ada.status_mute(w.post.id).muted)),
    ("status_unmute", lambda w: w.ada.status_unmute(w.post.id)),
    ("status_pin", lambda w: truth(w.ada.status_pin(w.post.id).pinned)),
    ("account_statuses pinned", lambda w: truth(w.ben.account_statuses(w.adas_id, pinned=True))),
    ("status_unpin", lambda w: w.ada.status_unpin(w.post.id)),
    ("account_statuses", lambda w: truth(w.ben.account_statuses(w.adas_id, exclude_replies=True, exclude_reblogs=True))),
    ("account_statuses with pictures", lambda w: truth(w.ben.account_statuses(w.adas_id, only_media=True))),
    ("account_statuses with a tag", lambda w: truth(w.ben.account_statuses(w.adas_id, tagged=f"word{w.run}"))),
    ("poll", lambda w: equal(len(w.ada.poll(w.asked.poll.id).options), 2, "options")),
    ("poll_vote", lambda w: truth(w.ada.poll_vote(w.asked.poll.id, [0, 1]).voted)),
    ("status_delete", lambda w: equal(w.ada.status_delete(w.plain.id).text, "edited", "the text")),
    ("timeline_home", lambda w: truth(w.ada.timeline_home())),
    ("timeline_local", lambda w: truth(w.ada.timeline_local())),
    ("timeline_public", lambda w: truth(w.ada.timeline_public(only_media=True))),
    ("timeline_hashtag", lambda w: truth(w.ada.timeline_hashtag(f"word{w.run}"))),
    ("timeline direct", lambda w: (w.ada.status_post("@ben quietly", visibility="direct"), truth(w.ben.conversations()))),
    ("conversations_read", lambda w: equal(w.ben.conversations_read(w.ben.conversations()[0].id).unread, False, "unread")),
    ("fetch_next", lambda w: truth(w.ada.fetch_next(w.ada.timeline_home(limit=1)))),
    ("fetch_previous", lambda w: truth(w.ada.fetch_previous(w.ada.fetch_next(w.ada.timeline_home(limit=1))))),
    ("fetch_remaining", lambda w: equal(len(w.ada.fetch_remaining(w.ada.timeline_home(limit=2))), len(w.ada.timeline_home(limit=40)), "posts")),
    ("get_pagination_info", lambda w: truth(w.ada.get_pagination_info(w.ada.timeline_home(limit=1), "next"))),
    ("tag", lambda w: equal(w.ada.tag(f"word{w.run}").name, f"word{w.run}", "the name")),
    ("tag_follow", lambda w: truth(w.ada.tag_follow(f"word{w.run}").following)),
    ("followed_tags", lambda w: truth(w.ada.followed_tags())),
    ("tag_unfollow", lambda w: equal(w.ada.tag_unfollow(f"word{w.run}").following, False, "following")),
    ("tag_feature", lambda w: truth(w.ada.tag_feature(f"word{w.run}").featuring)),
    ("tag_unfeature", lambda w: w.ada.tag_unfeature(f"word{w.run}")),
    ("featured_tag_suggestions", lambda w: truth(w.ada.featured_tag_suggestions())),
    ("featured_tag_create", lambda w: keep(w, "featured", w.ada.featured_tag_create(f"word{w.run}"))),
    ("featured_tags", lambda w: truth(w.ada.featured_tags())),
    ("account_featured_tags", lambda w: truth(w.ben.account_featured_tags(w.adas_id))),
    ("featured_tag_delete", lambda w: w.ada.featured_tag_delete(w.featured.id)),
    ("search", lambda w: truth(w.ada.search("ben").accounts)),
    ("search_v2", lambda w: truth(w.ada.search_v2(f"word{w.run}", result_type="hashtags").hashtags)),
    ("search_v2 in posts", lambda w: until("the post is found", lambda: w.ada.search_v2(f"word{w.run}", result_type="statuses").statuses)),
    ("list_create", lambda w: keep(w, "list", w.ada.list_create("friends", replies_policy="none", exclusive=False))),
    ("lists", lambda w: truth(w.ada.lists())),
    ("list", lambda w: equal(w.ada.list(w.list.id).title, "friends", "the title")),
    ("list_update", lambda w: equal(w.ada.list_update(w.list.id, "best friends").title, "best friends", "the title")),
    ("list_accounts_add", lambda w: w.ada.list_accounts_add(w.list.id, [w.bens_id])),
    ("list_accounts", lambda w: truth(w.ada.list_accounts(w.list.id))),
    ("account_lists", lambda w: truth(w.ada.account_lists(w.bens_id))),
    ("timeline_list", lambda w: (w.ben.toot("for the list"), truth(w.ada.timeline_list(w.list.id)))),
    ("list_accounts_delete", lambda w: w.ada.list_accounts_delete(w.list.id, [w.bens_id])),
    ("list_delete", lambda w: w.ada.list_delete(w.list.id)),
    ("filter_create", lambda w: keep(w, "old", w.ada.filter_create("dogs", ["home", "public"], irreversible=False, whole_word=True, expires_in=3600))),
    ("filters", lambda w: truth(w.ada.filters())),
    ("filter", lambda w: equal(w.ada.filter(w.old.id).phrase, "dogs", "the phrase")),
    ("filter_update", lambda w: equal(w.ada.filter_update(w.old.id, phrase="cats", context=["home"]).phrase, "cats", "the phrase")),
    ("filters_apply", lambda w: w.ada.filters_apply(w.ada.timeline_home(), w.ada.filters(), "home")),
    ("filter_delete", lambda w: w.ada.filter_delete(w.old.id)),
    ("create_filter_v2", lambda w: keep(w, "filter", w.ada.create_filter_v2("songs", ["home", "thread"], "warn", expires_in=3600, keywords_attributes=[{"keyword": "song", "whole_word": True}]))),
    ("filters_v2", lambda w: truth(w.ada.filters_v2())),
    ("filter_v2", lambda w: equal(w.ada.filter_v2(w.filter.id).title, "songs", "the title")),
    ("update_filter_v2", lambda w: equal(w.ada.update_filter_v2(w.filter.id, title="tunes").title, "tunes", "the title")),
    ("filter_keywords_v2", lambda w: truth(w.ada.filter_keywords_v2(w.filter.id))),
    ("add_filter_keyword_v2", lambda w: keep(w, "keyword", w.ada.add_filter_keyword_v2(w.filter.id, "hum", whole_word=True))),
    ("delete_filter_keyword_v2", lambda w: w.ada.delete_filter_keyword_v2(w.keyword.id)),
    ("add_filter_status_v2", lambda w: keep(w, "filtered", w.ada.add_filter_status_v2(w.filter.id, w.asked.id))),
    ("filter_statuses_v2", lambda w: truth(w.ada.filter_statuses_v2(w.filter.id))),
    ("filter_status_v2", lambda w: equal(w.ada.filter_status_v2(w.filtered.id).status_id, w.asked.id, "the post")),
    ("delete_filter_status_v2", lambda w: w.ada.delete_filter_status_v2(w.filtered.id)),
    ("delete_filter_v2", lambda w: w.ada.delete_filter_v2(w.filter.id)),
    ("markers_set", lambda w: truth(w.ada.markers_set(["home"], [w.post.id]))),
    ("markers_get", lambda w: equal(str(w.ada.markers_get(["home"])["home"].last_read_id), str(w.post.id), "the marker")),
    ("notifications", lambda w: keep(w, "told", one_of(w.ada.notifications(types=["follow", "favourite", "reblog", "mention"])))),
    ("notifications of one", lambda w: equal(w.ada.notifications(w.told.id).id, w.told.id, "the id")),
    ("notifications_unread_count", lambda w: w.ada.notifications_unread_count()),
    ("grouped_notifications", lambda w: keep(w, "group", one_of(w.ada.grouped_notifications().notification_groups))),
    ("grouped_notification", lambda w: truth(w.ada.grouped_notification(w.group.group_key).notification_groups)),
    ("grouped_notification_accounts", lambda w: truth(w.ada.grouped_notification_accounts(w.group.group_key))),
    ("unread_grouped_notifications_count", lambda w: w.ada.unread_grouped_notifications_count()),
    ("dismiss_grouped_notification", lambda w: w.ada.dismiss_grouped_notification(w.group.group_key)),
    ("notifications_policy", lambda w: truth(w.ada.notifications_policy())),
    ("update_notifications_policy", lambda w: equal(w.ada.update_notifications_policy(for_not_following="filter").for_not_following, "filter", "the policy")),
    ("notification_requests", lambda w: (w.cleo.toot("@ada may I?"), keep(w, "request", one_of(w.ada.notification_requests())))),
    ("notification_request", lambda w: equal(w.ada.notification_request(w.request.id).account.username, "cleo", "who asks")),
    ("accept_notification_request", lambda w: w.ada.accept_notification_request(w.request.id)),
    ("notifications_merged", lambda w: w.ada.notifications_merged()),
    ("notifications_dismiss", lambda w: w.ada.notifications_dismiss(one_of(w.ada.notifications()).id)),
    ("notifications_clear", lambda w: w.ada.notifications_clear()),
    ("report", lambda w: truth(w.ada.report(w.bens_id, status_ids=[w.asked.id], comment="no", category="spam"))),
    ("push_subscription_generate_keys", lambda w: keep(w, "keys", w.ada.push_subscription_generate_keys())),
    ("push_subscription_set", lambda w: truth(w.ada.push_subscription_set("http://127.0.0.1:9/push", w.keys[1], follow_events=True, policy="all"))),
    ("push_subscription", lambda w: truth(w.ada.push_subscription().endpoint)),
    ("push_subscription_update", lambda w: truth(w.ada.push_subscription_update(mention_events=True))),
    ("push_subscription_delete", lambda w: w.ada.push_subscription_delete()),
    ("stream_healthy", lambda w: truth(w.ada.stream_healthy())),
    ("stream_user", lambda w: hears(w, w.ada.stream_user, lambda: w.ben.toot(f"@ada heard {w.run}"), "notification", "update")),
    ("stream_user_notifications", lambda w: hears(w, w.ada.stream_user_notifications, lambda: w.ben.toot("@ada again"), "notification")),
    ("stream_public", lambda w: hears(w, w.ada.stream_public, lambda: w.ben.toot("to all"), "update")),
    ("stream_local", lambda w: hears(w, w.ada.stream_local, lambda: w.ben.toot("to all here"), "update")),
    ("stream_hashtag", lambda w: hears(w, lambda listener, **more: w.ada.stream_hashtag("heard", listener, **more), lambda: w.ben.toot("#heard"), "update")),
    ("stream_direct", lambda w: hears(w, w.ada.stream_direct, lambda: w.ben.status_post("@ada quiet", visibility="direct"), "conversation")),
    ("account_unfollow", lambda w: equal(w.ada.account_unfollow(w.bens_id).following, False, "following")),
]


class Ears(StreamListener):
    """Remembers which events came."""

    def __init__(self):
        self.heard = set()

    def on_update(self, status):
        self.heard.add("update")

    def on_notification(self, notification):
        self.heard.add("notification")

    def on_conversation(self, conversation):
        self.heard.add("conversation")


def hears(world, stream, act, *events):
    """Something done while a stream is open comes through it."""
    ears = Ears()
    handle = stream(ears, run_async=True, timeout=20)
    try:
        again = threading.Event()

        def look():
            # What is done before the stream is open is not heard.
            if not ears.heard:
                act()
                again.wait(0.3)
            return ears.heard >= set(events)

        until(f"{events} were heard", look)
    finally:
        # It would wait for what is heard next.
        threading.Thread(target=handle.close, daemon=True).start()


def main() -> int:
    for ended in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ended, lambda number, _: sys.exit(128 + number))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="antiphon-methods-"))
    checks = Checks()
    with Server(os.environ["ANTIPHON_BIN"], folder) as server:
        server.wait_until_healthy()
        world = World(server)
        for name, call in CALLS:
            act = lambda call=call: call(world)  # noqa: E731
            act.__name__ = name
            checks.run(act)
    return settled(checks.finish(), folder, "--keep" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
