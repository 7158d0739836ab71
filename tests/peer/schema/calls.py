"""Requests as any program would send them, and their answers."""

import json
import re

import requests


class Answer:
    """A response, with the links of a list taken apart."""

    def __init__(self, response: requests.Response):
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        self.asked = f"{response.request.method} {response.request.path_url}"
        try:
            self.body = response.json()
        except ValueError:
            self.body = None

    def link(self, relation: str) -> str | None:
        found = re.search(rf'<([^>]+)>; rel="{relation}"', self.headers.get("Link", ""))
        return found and found.group(1)

    def expect(self, *statuses: int) -> "Answer":
        assert self.status in statuses, f"{self.asked} answered {self.status}, not {statuses}: {self.text[:200]}"
        return self

    @property
    def ok(self):
        self.expect(200, 202)
        return self.body

    def refused(self, *statuses: int) -> str:
        """The reason why not."""
        self.expect(*statuses)
        assert isinstance(self.body, dict) and isinstance(self.body.get("error"), str) and self.body["error"], (
            f"{self.asked} answered {self.status} without an `error`: {self.text[:200]}"
        )
        return self.body["error"]


class Caller:
    """Who calls: a server and perhaps a token."""

    def __init__(self, origin: str, token: str | None = None):
        self.origin = origin
        self.token = token

    def call(self, method: str, path: str, query=None, token=..., headers=None, **body) -> Answer:
        token = self.token if token is ... else token
        head = dict(headers or {})
        if token:
            head["Authorization"] = f"Bearer {token}"
        url = path if path.startswith("http") else self.origin + path
        return Answer(
            # A connection for each: one that was idle may be closed while it is written to.
            requests.request(method, url, params=query, headers=head, timeout=30, allow_redirects=False, **body)
        )

    def get(self, path: str, query=None, **more) -> Answer:
        return self.call("GET", path, query, **more)

    def post(self, path: str, body=None, **more) -> Answer:
        if "files" not in more and "data" not in more:
            more["json"] = {} if body is None else body
        return self.call("POST", path, **more)

    def patch(self, path: str, body=None, **more) -> Answer:
        return self.call("PATCH", path, json=body, **more)

    def put(self, path: str, body=None, **more) -> Answer:
        return self.call("PUT", path, json={} if body is None else body, **more)

    def delete(self, path: str, body=None, **more) -> Answer:
        return self.call("DELETE", path, **({"json": body} if body is not None else {}), **more)


def short(value) -> str:
    return json.dumps(value)[:200]
