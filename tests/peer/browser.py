"""A person in a browser, as far as an authorization needs one: follows
redirects, keeps cookies, fills in forms without any script."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

LOG_IN_FIELDS = ("username", "login", "name", "user", "handle", "user[email]", "email")


@dataclass
class Form:
    action: str = ""
    method: str = "get"
    fields: dict = field(default_factory=dict)
    kinds: dict = field(default_factory=dict)
    #: (name, value, words) of each button that sends the form.
    buttons: list = field(default_factory=list)


class Forms(HTMLParser):
    """All forms of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.forms: list[Form] = []
        self.button = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif self.forms and tag == "input":
            self.input(given)
        elif self.forms and tag == "button" and given.get("type", "submit") == "submit":
            self.button = [given.get("name"), given.get("value", ""), ""]

    def input(self, given):
        kind = given.get("type", "text")
        if kind == "submit":
            self.forms[-1].buttons.append((given.get("name"), given.get("value", ""), given.get("value", "")))
        elif "name" in given and (kind not in ("checkbox", "radio") or "checked" in given):
            self.forms[-1].fields[given["name"]] = given.get("value", "on" if kind == "checkbox" else "")
            self.forms[-1].kinds[given["name"]] = kind

    def handle_data(self, data):
        if self.button is not None:
            self.button[2] += data

    def handle_endtag(self, tag):
        if tag == "button" and self.button is not None:
            self.forms[-1].buttons.append(tuple(self.button))
            self.button = None


class Browser:
    def __init__(self):
        self.session = requests.Session()

    def authorize(self, url: str, redirect_uri: str, name: str, email: str, password: str) -> dict:
        """Walks from the authorization URL to the redirect; answers with its query."""
        answer = self.session.get(url, allow_redirects=False, timeout=20)
        for _ in range(10):
            here = answer.url
            if answer.is_redirect:
                there = urljoin(here, answer.headers["location"])
                if there.startswith(redirect_uri):
                    return {key: values[0] for key, values in parse_qs(urlsplit(there).query).items()}
                answer = self.session.get(there, allow_redirects=False, timeout=20)
            elif answer.status_code == 200:
                answer = self.fill(here, answer.text, name, email, password)
            else:
                raise RuntimeError(f"{here} answered {answer.status_code}: {answer.text[:300]}")
        raise RuntimeError("no end of redirects and forms")

    def fill(self, here: str, page: str, name: str, email: str, password: str) -> requests.Response:
        forms = [form for form in Forms(page).forms if form.method == "post"]
        for form in forms:
            if "password" in form.kinds.values():
                self.fill_log_in(form, name, email, password)
                return self.send(here, form, form.buttons[:1])
        for form in forms:
            yes = [button for button in form.buttons if self.means_yes(form, button)]
            if yes:
                return self.send(here, form, yes[:1])
        raise RuntimeError(f"{here} shows neither a log-in nor a consent: {page[:300]}")

    @staticmethod
    def fill_log_in(form: Form, name: str, email: str, password: str) -> None:
        for key, kind in form.kinds.items():
            if kind == "password":
                form.fields[key] = password
            elif kind == "email":
                form.fields[key] = email
            elif kind == "text" and key in LOG_IN_FIELDS:
                form.fields[key] = name

    @staticmethod
    def means_yes(form: Form, button) -> bool:
        words = " ".join(str(part) for part in (*button, form.action)).lower()
        no = any(word in words for word in ("deny", "denied", "cancel", "refuse", "log out", "logout", "sign out"))
        return not no and any(word in words for word in ("allow", "authori", "approve", "consent", "accept", "yes"))

    def send(self, here: str, form: Form, buttons) -> requests.Response:
        fields = dict(form.fields)
        for name, value, _ in buttons:
            if name:
                fields[name] = value
        return self.session.post(
            urljoin(here, form.action or here), data=fields, headers={"origin": "{0.scheme}://{0.netloc}".format(urlsplit(here))},
            allow_redirects=False, timeout=20,
        )
