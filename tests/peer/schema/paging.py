"""Every list, page by page: `max_id`, `since_id`, `min_id` and `limit` in
every combination, and the links that lead on and back."""

import itertools
import json
from urllib.parse import parse_qs, urlsplit

from .calls import Caller
from .checks import Checks, NotBuilt, equal
from .world import made

MANY = ["f1", "f2", "f3", "f4", "f5", "f6"]


class Pages:
    """One list of somebody, with the cursor of each of its items."""

    def __init__(self, caller: Caller, path: str, items):
        self.caller, self.path, self.items = caller, path, items
        self.all, self.cursors = [], []

    def page(self, **bounds):
        answer = self.caller.get(self.path, {name: value for name, value in bounds.items() if value is not None})
        return answer, [key(item) for item in self.items(answer.ok)]

    def learn(self) -> None:
        """One by one through the links, to learn each item's cursor."""
        bounds = {"limit": 1}
        while len(self.all) < 100:
            answer, found = self.page(**bounds)
            if not found:
                break
            equal(len(found), 1, "how many came for limit=1")
            self.all += found
            following = answer.link("next")
            assert following, f"no next link although there was an item: {dict(answer.headers)}"
            self.cursors.append(bound(following, "max_id"))
            bounds = {"limit": 1, "max_id": self.cursors[-1]}
        assert len(self.all) >= 3, f"only {len(self.all)} items to page through"
        equal(len(set(self.all)), len(self.all), "items that differ")

    def expected(self, most, newest, lowest, limit) -> list:
        """What a page must be, said plainly over the whole list."""
        last = len(self.all)
        inside = [
            at
            for at in range(last)
            if (most is None or at > most) and (newest is None or at < newest) and (lowest is None or at < lowest)
        ]
        chosen = inside[-limit:] if lowest is not None else inside[:limit]
        return [self.all[at] for at in chosen]


def key(item) -> str:
    if not isinstance(item, dict):
        return item
    return item.get("id") or json.dumps(item)


def bound(url: str, name: str) -> str:
    found = parse_qs(urlsplit(url).query).get(name)
    assert found, f"the link {url} has no {name}"
    return found[0]


def every_combination(pages: Pages) -> None:
    places = [None, 0, len(pages.all) // 2, len(pages.all) - 1]
    for most, since, lowest, limit in itertools.product(places, places, places, (1, 2, 30)):
        at = lambda place: None if place is None else pages.cursors[place]  # noqa: E731
        bounds = {"max_id": at(most), "since_id": at(since), "min_id": at(lowest), "limit": limit}
        _, found = pages.page(**bounds)
        equal(found, pages.expected(most, since, lowest, limit), f"the page of {bounds}")


def links_lead_on_and_back(pages: Pages) -> None:
    answer, found = pages.page(limit=2)
    seen, back = list(found), []
    while answer.link("next"):
        for relation in ("next", "prev"):
            link = answer.link(relation)
            assert link and link.startswith(pages.caller.origin), f"the {relation} link is {link}"
            equal(bound(link, "limit"), "2", "the limit in a link")
        equal(set(parse_qs(urlsplit(answer.link("prev")).query)) & {"min_id", "since_id"} != set(), True, "a newer bound in prev")
        back.append((found, answer.link("prev")))
        answer = pages.caller.get(answer.link("next"))
        found = [key(item) for item in pages.items(answer.ok)]
        seen += found
    equal(seen, pages.all, "what the next links lead through")
    for (newer, _), (_, link) in zip(back, back[1:]):
        equal([key(item) for item in pages.items(pages.caller.get(link).ok)], newer, "what a prev link leads to")


def an_empty_page_has_no_links(pages: Pages) -> None:
    answer, found = pages.page(max_id=pages.cursors[-1])
    equal((found, answer.headers.get("Link")), ([], None), "the page after the last")


def limits_have_bounds(pages: Pages) -> None:
    for limit in ("1000000", "0", "-1", "many"):
        answer = pages.caller.get(pages.path, {"limit": limit})
        assert answer.status in (200, 422), f"limit={limit} is answered {answer.status}"
        assert answer.status == 422 or len(pages.items(answer.body)) <= 100, f"limit={limit} is not bounded"


def itself(answer):
    return answer


def lists(w):
    """All lists: a name, what to do before, who asks where, and its items."""
    alice, post = w.ids["alice"], w.public["id"]
    return [
        ("home", None, w.alice, "/api/v1/timelines/home", itself),
        ("the public timeline", None, w.alice, "/api/v1/timelines/public", itself),
        ("a hashtag", tagged, w.alice, f"/api/v1/timelines/tag/paged{w.run}", itself),
        ("posts of an account", None, w.alice, f"/api/v1/accounts/{alice}/statuses", itself),
        ("followers", None, w.alice, f"/api/v1/accounts/{alice}/followers", itself),
        ("followed", follow_many, w.erin, f"/api/v1/accounts/{w.ids['erin']}/following", itself),
        ("who boosted", None, w.alice, f"/api/v1/statuses/{post}/reblogged_by", itself),
        ("who liked", None, w.alice, f"/api/v1/statuses/{post}/favourited_by", itself),
        ("likes", like_many, w.erin, "/api/v1/favourites", itself),
        ("notifications", None, w.alice, "/api/v1/notifications", itself),
        ("follow requests", None, w.dave, "/api/v1/follow_requests", itself),
        ("blocks", block_many, w.erin, "/api/v1/blocks", itself),
        ("mutes", mute_many, w.erin, "/api/v1/mutes", itself),
        ("bookmarks", bookmark_many, w.erin, "/api/v1/bookmarks", itself),
        ("blocked domains", block_domains, w.erin, "/api/v1/domain_blocks", itself),
        ("followed tags", follow_tags, w.erin, "/api/v1/followed_tags", itself),
        ("scheduled posts", schedule_many, w.erin, "/api/v1/scheduled_statuses", itself),
        ("conversations", talk_to_many, w.carol, "/api/v1/conversations", itself),
        ("direct posts", None, w.carol, "/api/v1/timelines/direct", itself),
        ("requests to notify", knock_many, w.carol, "/api/v1/notifications/requests", itself),
        ("members of a list", fill_list, w.carol, lambda: f"/api/v1/lists/{w.carols['id']}/accounts", itself),
        ("a list", has_list, w.carol, lambda: f"/api/v1/timelines/list/{w.carols['id']}", itself),
    ]


def tagged(w):
    for number in range(5):
        w.post(w.bob, f"#paged{w.run} {number}")


def on_each(w, path, caller=None):
    for name in MANY:
        made((caller or w.erin).post(path.format(w.ids[name])))


def follow_many(w):
    on_each(w, "/api/v1/accounts/{}/follow")


def posts_of_bob(w):
    return [one["id"] for one in w.erin.get(f"/api/v1/accounts/{w.ids['bob']}/statuses").ok][:6]


def like_many(w):
    for one in posts_of_bob(w):
        made(w.erin.post(f"/api/v1/statuses/{one}/favourite"))


def bookmark_many(w):
    for one in posts_of_bob(w):
        made(w.erin.post(f"/api/v1/statuses/{one}/bookmark"))


def block_many(w):
    on_each(w, "/api/v1/accounts/{}/block")


def mute_many(w):
    on_each(w, "/api/v1/accounts/{}/mute")


def block_domains(w):
    for number in range(5):
        made(w.erin.post("/api/v1/domain_blocks", {"domain": f"d{number}.example"}))


def follow_tags(w):
    for number in range(5):
        made(w.erin.post(f"/api/v1/tags/tag{number}/follow"))


def schedule_many(w):
    for number in range(5):
        made(w.erin.post("/api/v1/statuses", {"status": "later", "scheduled_at": f"2031-01-0{number + 1}T00:00:00Z"}))


def talk_to_many(w):
    for name in ("f1", "f2", "f3", "f4"):
        w.post(w.carol, f"@{name} a word", visibility="direct")


def knock_many(w):
    made(w.carol.patch("/api/v2/notifications/policy", {"for_not_following": "filter"}))
    for name in MANY:
        w.post(getattr(w, name), "@carol may I?")


def fill_list(w):
    w.carols = made(w.carol.post("/api/v1/lists", {"title": "paged"}))
    for name in ("f3", "f4", "f5", "f6"):
        made(w.carol.post(f"/api/v1/accounts/{w.ids[name]}/follow"))
        made(w.carol.post(f"/api/v1/lists/{w.carols['id']}/accounts", {"account_ids": [w.ids[name]]}))
        w.post(getattr(w, name), "for the list")


def has_list(w):
    if not hasattr(w, "carols"):
        raise NotBuilt("no list could be made")


def check(world, checks: Checks) -> None:
    for name, prepare, caller, path, items in lists(world):
        try:
            if prepare:
                prepare(world)
            pages = Pages(caller, path() if callable(path) else path, items)
            made(caller.get(pages.path))
        except NotBuilt as why:
            checks.miss(f"pages of {name}", str(why))
            continue
        except Exception as error:  # what the list is to hold could not be made
            checks.run(f"pages of {name}: what they hold", lambda error=error: fail(error))
            continue
        if checks.run(f"pages of {name}: one by one", pages.learn):
            for act in (every_combination, links_lead_on_and_back, an_empty_page_has_no_links, limits_have_bounds):
                checks.run(f"pages of {name}: {act.__name__.replace('_', ' ')}", lambda act=act: act(pages))


def fail(error: Exception):
    raise error
