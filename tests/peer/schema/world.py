"""Two servers with people on them and something of everything, so that what
an operation answers is never the empty case."""

import binascii
import functools
import pathlib
import secrets
import struct
import zlib
from urllib.parse import urlencode

from browser import Browser
from server_process import PASSWORD, Server

from .calls import Answer, Caller
from .checks import NotBuilt, until

REDIRECT = "http://127.0.0.1:9/callback"
SCOPES = "profile read write follow push"
PEOPLE = ["alice", "bob", "carol", "dave", "erin", "f1", "f2", "f3", "f4", "f5", "f6"]
PIXELS = 64


def png(red: int = 200) -> bytes:
    """A small picture, written out by hand."""
    rows = b"".join(b"\0" + row(red, y) for y in range(PIXELS))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", binascii.crc32(kind + data))

    head = struct.pack(">IIBBBBB", PIXELS, PIXELS, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def row(red: int, y: int) -> bytes:
    return bytes(part for x in range(PIXELS) for part in (red, x * 255 // PIXELS, y * 255 // PIXELS))


def made(answer: Answer):
    """What was made; NotBuilt where the server cannot make it yet."""
    words = answer.body.get("error", "") if isinstance(answer.body, dict) else ""
    if answer.status == 404 or "not supported by this server" in words:
        raise NotBuilt(f"{answer.asked} answered {answer.status}")
    return answer.ok


class World:
    def __init__(self, here: Server, there: Server, folder: pathlib.Path):
        self.here, self.there, self.folder = here, there, folder
        self.origin = here.origin
        self.run = secrets.token_hex(3)
        self._tokens = {}
        self.anyone = Caller(here.origin)

    def token(self, name: str, scopes: str = SCOPES) -> str:
        key = (name, scopes)
        if key not in self._tokens:
            self._tokens[key] = self.here.create_token(name, scopes)
        return self._tokens[key]

    def person(self, name: str, scopes: str = SCOPES) -> Caller:
        return Caller(self.origin, self.token(name, scopes))

    def populate(self) -> None:
        """Accounts, follows and posts that all else builds on."""
        self.ids = {}
        for name in PEOPLE:
            self.here.create_account(name, *(["--admin"] if name == "alice" else []))
            caller = self.person(name)
            setattr(self, name, caller)
            self.ids[name] = caller.get("/api/v1/accounts/verify_credentials").ok["id"]
            caller.patch("/api/v1/accounts/update_credentials", {"discoverable": True}).ok
        self.there.create_account("rita")
        self.rita = Caller(self.there.origin, self.there.create_token("rita", SCOPES))
        self.alice_app = Caller(self.origin, self.walk("alice"))
        self.furnish()
        self.meet()
        self.write()

    def furnish(self) -> None:
        """What an administrator sets up; each as far as the program can."""
        picture = self.folder / "owl.png"
        picture.write_bytes(png())
        text = self.folder / "text.md"
        text.write_text("A **text**.\n")
        for command in (
            ("emoji", "add", "owl", str(picture), "--category", "Birds"),
            ("rule", "add", "Be kind", "--hint", "To everyone."),
            ("announcement", "create", "Tonight @bob sings :owl: #choir"),
            ("text", "set", "about", str(text)),
            ("text", "set", "privacy", str(text)),
            ("text", "set", "terms", str(text)),
        ):
            self.here.command(*command)

    def walk(self, name: str) -> str:
        """A token by the OAuth form, so that posts carry an application."""
        app = self.application
        query = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": REDIRECT, "scope": SCOPES}
        url = f"{self.origin}/oauth/authorize?{urlencode(query)}"
        code = Browser().authorize(url, REDIRECT, name, f"{name}@example.org", PASSWORD)["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
        return self.anyone.post("/oauth/token", data=form | self.credentials).ok["access_token"]

    @functools.cached_property
    def application(self) -> dict:
        form = {"client_name": "The schema's app", "redirect_uris": REDIRECT, "scopes": SCOPES, "website": "https://example.org"}
        return self.anyone.post("/api/v1/apps", data=form).ok

    @property
    def credentials(self) -> dict:
        return {"client_id": self.application["client_id"], "client_secret": self.application["client_secret"]}

    @functools.cached_property
    def app_token(self) -> str:
        form = {"grant_type": "client_credentials", "scope": "read write", "redirect_uri": REDIRECT}
        return self.anyone.post("/oauth/token", data=form | self.credentials).ok["access_token"]

    def meet(self) -> None:
        handle = f"@rita@{self.there.origin.removeprefix('http://')}"
        found = self.alice.get("/api/v2/search", {"q": handle, "resolve": "true"}).ok["accounts"]
        self.ids["rita"] = found[0]["id"]
        self.rita_handle = handle
        mine = f"@alice@{self.origin.removeprefix('http://')}"
        alice_there = self.rita.get("/api/v2/search", {"q": mine, "resolve": "true"}).ok["accounts"][0]["id"]
        self.rita.post(f"/api/v1/accounts/{alice_there}/follow").ok
        for name in ("bob", "rita"):
            self.alice.post(f"/api/v1/accounts/{self.ids[name]}/follow").ok
        for name in ("bob", "carol", "f1", "f2", "f3", "f4", "f5", "f6"):
            getattr(self, name).post(f"/api/v1/accounts/{self.ids['alice']}/follow").ok
        self.carol.post(f"/api/v1/accounts/{self.ids['bob']}/follow").ok
        following = lambda: self.alice.get("/api/v1/accounts/relationships", {"id[]": self.ids["rita"]}).ok[0]["following"]  # noqa: E731
        until("rita's server said yes", following)
        followed = lambda: self.alice.get("/api/v1/accounts/relationships", {"id[]": self.ids["rita"]}).ok[0]["followed_by"]  # noqa: E731
        until("rita follows alice", followed)

    def post(self, who: Caller, text: str, **more) -> dict:
        return made(who.post("/api/v1/statuses", {"status": text} | more))

    def write(self) -> None:
        post = self.post
        self.public = post(self.alice_app, f"public :owl: #song{self.run} @bob https://example.org/a", language="en")
        self.unlisted = post(self.alice, "unlisted", visibility="unlisted", spoiler_text="careful")
        self.private = post(self.alice, "private", visibility="private")
        self.direct = post(self.alice, f"@bob direct {self.run}", visibility="direct")
        self.answer = post(self.bob, "an answer", in_reply_to_id=self.public["id"])
        post(self.alice, "an answer to the answer", in_reply_to_id=self.answer["id"])
        self.of_bob = post(self.bob, f"@alice of bob #song{self.run}")
        for name in ("bob", "carol", "f1", "f2", "f3", "f4"):
            getattr(self, name).post(f"/api/v1/statuses/{self.public['id']}/favourite").ok
            getattr(self, name).post(f"/api/v1/statuses/{self.public['id']}/reblog").ok
        self.alice.put(f"/api/v1/statuses/{self.unlisted['id']}", {"status": "unlisted, edited"}).ok
        self.rita.post("/api/v1/statuses", {"status": f"of rita {self.run} #far{self.run}"}).ok
        self.of_rita = until("rita's post arrived", self.look_for_rita)

    def look_for_rita(self):
        home = self.alice.get("/api/v1/timelines/home").ok
        return next((post for post in home if post["account"]["id"] == self.ids["rita"]), None)

    # What is made when it is first wanted.

    def picture(self, who: Caller | None = None, **form) -> dict:
        files = {"file": ("a.png", png(), "image/png")}
        media = made((who or self.alice).call("POST", "/api/v2/media", files=files, data={"description": "a picture"} | form))
        done = lambda: (who or self.alice).get(f"/api/v1/media/{media['id']}").status == 200  # noqa: E731
        until("the picture is processed", done)
        return media

    @functools.cached_property
    def with_picture(self) -> dict:
        return self.post(self.alice_app, "with a picture", media_ids=[self.picture()["id"]])

    @functools.cached_property
    def with_poll(self) -> dict:
        poll = {"options": ["yes", "no"], "expires_in": 3600, "multiple": False}
        return self.post(self.bob, "a question", poll=poll)

    @functools.cached_property
    def of_list(self) -> dict:
        one = made(self.alice.post("/api/v1/lists", {"title": "friends"}))
        self.alice.post(f"/api/v1/lists/{one['id']}/accounts", {"account_ids": [self.ids["bob"]]}).ok
        return one

    @functools.cached_property
    def filter(self) -> dict:
        body = {
            "title": "songs",
            "context": ["home", "public", "thread", "account"],
            "filter_action": "warn",
            "keywords_attributes": [{"keyword": f"song{self.run}", "whole_word": True}],
        }
        one = made(self.alice.post("/api/v2/filters", body))
        made(self.alice.post(f"/api/v2/filters/{one['id']}/statuses", {"status_id": self.public["id"]}))
        return made(self.alice.get(f"/api/v2/filters/{one['id']}"))

    @functools.cached_property
    def old_filter(self) -> dict:
        return made(self.alice.post("/api/v1/filters", {"phrase": "nonsense", "context": ["home"], "whole_word": True}))

    @functools.cached_property
    def scheduled(self) -> dict:
        when = "2031-01-02T03:04:05.000Z"
        return made(self.alice.post("/api/v1/statuses", {"status": "later", "scheduled_at": when}))

    @functools.cached_property
    def group_key(self) -> str:
        groups = made(self.alice.get("/api/v2/notifications"))["notification_groups"]
        return next(group["group_key"] for group in groups if group["type"] == "favourite")

    @functools.cached_property
    def request(self) -> dict:
        """Somebody whom alice does not follow knocks at her notifications."""
        made(self.alice.patch("/api/v2/notifications/policy", {"for_not_following": "filter"}))
        self.post(self.erin, f"@alice may I? {self.run}")
        requests = until("the request is there", lambda: made(self.alice.get("/api/v1/notifications/requests")))
        made(self.alice.patch("/api/v2/notifications/policy", {"for_not_following": "accept"}))
        return requests[0]

    @functools.cached_property
    def conversation(self) -> dict:
        return made(self.bob.get("/api/v1/conversations"))[0]

    @functools.cached_property
    def announcement(self) -> dict:
        found = made(self.alice.get("/api/v1/announcements"))
        if not found:
            raise NotBuilt("no announcement could be made")
        return found[0]
