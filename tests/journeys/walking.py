"""Walk through the pages of an installation, by their links and forms."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx
from django.urls import Resolver404, resolve

from tests.patience import PATIENCE

PASSWORD: Final = "tenure demo"
_NO_PAGES: Final = ("/api/", "/access/", "/static/", "/.well-known/", "/metrics")


@dataclass
class Form:
    """A form of a page: where it goes, and what it would send."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Read(HTMLParser):
    """What a page leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given and "download" not in given:
            self.links.append(given["href"])
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        if tag == "input" and self.forms and "name" in given:
            kind = given.get("type", "text")
            if kind not in {"radio", "checkbox", "submit"} or "checked" in given:
                self.forms[-1].fields.setdefault(given["name"], given.get("value", ""))


class Walker:
    """Somebody with a browser that only reads and posts."""

    def __init__(self, url: str, language: str = "en") -> None:
        self.url = url
        self.broken: list[str] = []
        """Where links led to nothing, or to an error."""
        self.http = httpx.Client(
            base_url=url,
            follow_redirects=True,
            headers={"Accept-Language": language},
            timeout=PATIENCE,
        )

    def close(self) -> None:
        """Put the browser away."""
        self.http.close()

    def get(self, path: str) -> httpx.Response:
        """A page that must be there."""
        answer = self.http.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer

    def post(self, page: httpx.Response, action: str, **values: str) -> httpx.Response:
        """Fill in the form of ``page`` whose address ends with ``action``, and send it."""
        forms = [
            form
            for form in Read(page.text).forms
            if form.method == "post" and urlsplit(form.action).path.endswith(action)
        ]
        assert forms, f"{page.url} has no form for {action}"
        sent = forms[0].fields | values
        where = urljoin(str(page.url), forms[0].action)
        return self.http.post(where, data=sent, headers={"Referer": str(page.url)})

    @property
    def cookies(self) -> str:
        """What the browser sends along, as a header."""
        return "; ".join(f"{kept.name}={kept.value}" for kept in self.http.cookies.jar)

    def links(self, page: httpx.Response) -> list[str]:
        """The addresses of ours to which ``page`` leads, without what they ask."""
        found = (urljoin(str(page.url), link) for link in Read(page.text).links)
        return [path for link in found for path in self._inside(link)]

    def log_in(self, email: str, password: str = PASSWORD) -> None:
        """As one of the people of the demonstration."""
        page = self.get("/account/login")
        answer = self.post(page, "login", login=email, password=password)
        assert urlsplit(str(answer.url)).path != "/account/login", email

    def pages(self, *starts: str, but: Collection[str] = ()) -> Iterator[tuple[str, str]]:
        """Every kind of page that links lead to, once: the name of its address, and one of them."""
        seen: set[str] = set()
        ahead = deque(starts)
        while ahead:
            path = ahead.popleft()
            name = name_of(path)
            if not name or name in seen or name in but:
                continue
            answer = self.http.get(path)
            if answer.status_code >= 500 or (answer.status_code == 404 and path not in starts):
                self.broken.append(f"{answer.status_code} {path}")
            at = urlsplit(str(answer.url)).path
            if answer.status_code != 200 or name_of(at) != name:
                continue
            seen.add(name)
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            yield name, path
            ahead.extend(self.links(answer))

    def _inside(self, link: str) -> Iterator[str]:
        """A link to another of our pages, without what it asks."""
        parts = urlsplit(link)
        if f"{parts.scheme}://{parts.netloc}" == self.url and "language=" not in parts.query:
            yield parts.path


def name_of(path: str) -> str:
    """The name of the address of a page; empty if it is none of a person's."""
    if path.startswith(_NO_PAGES):
        return ""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    return found.url_name or re.sub(r"[^a-z]+", "-", found.route)


@dataclass(frozen=True)
class Place:
    """A page to be looked at: who looks, under which name, at which address."""

    who: str
    name: str
    path: str


PEOPLE: Final = {
    "visitor": "",
    "owner": "claire@lumiere.example",
    "member": "lea@lumiere.example",
    "student": "lina@courriel.example",
    "staff": "jeanne@nivose.example",
}
"""Who walks, and the address of their login."""


def all_places(url: str) -> tuple[list[Place], dict[str, Walker]]:
    """Every kind of page of the demonstration, each as whoever comes there first."""
    walkers = {who: Walker(url) for who in PEOPLE}
    for who, email in PEOPLE.items():
        if email:
            walkers[who].log_in(email)
    for who in ("visitor", "owner"):
        for offer in ("drafter-business", "mechanical-designer-business"):
            page = walkers[who].get(f"/store/business/{offer}")
            walkers[who].post(page, offer, term="year", quantity="3")
    _have_quoted(walkers["owner"])
    starts = {
        "visitor": ("/", "/cart", "/mailbox/", "/design/", *_invitation(walkers["visitor"])),
        "owner": ("/account/organisations", "/cart", *_order(walkers["owner"])),
        "member": ("/home/",),
        "student": _order(walkers["student"]),
        "staff": ("/backoffice/",),
    }
    places: list[Place] = []
    for who, walker in walkers.items():
        known = {place.name for place in places}
        if who == "student":  # whose order waits
            found = walker.pages(*starts[who], but=known - {"order"})
            places += [Place(who, f"student_{name}", path) for name, path in found]
            continue
        found = walker.pages(
            *starts[who], but={"checkout", "ask_quote"} if who == "visitor" else ()
        )
        places += [Place(who, name, path) for name, path in found if name not in known]
    return places, walkers


def _have_quoted(buyer: Walker) -> None:
    """What is in the cart is quoted, so that there is a quote to look at."""
    asking = next(link for link in buyer.links(buyer.get("/cart")) if link.endswith("/quote"))
    answer = buyer.post(buyer.get(asking), "/quote")
    assert "/billing/quotes/quo_" in str(answer.url), answer.url


def _invitation(reader: Walker) -> Iterator[str]:
    """The address in the mail to somebody who was invited."""
    for link in reader.links(reader.get("/mailbox/?to=fanny@lumiere.example")):
        if link.startswith("/mailbox/mail_"):
            yield from re.findall(r"/invitations/[\w.:-]+", reader.get(link).text)[:1]


def _order(buyer: Walker) -> tuple[str, ...]:
    """The page of the newest order of whoever buys."""
    console = str(buyer.get("/account/organisations").text)
    found = re.search(r"/console/org_\w+/", console)
    orders = buyer.get(f"{found[0]}orders").text if found else ""
    numbers = re.findall(r"ord_\w+", orders)
    return tuple(f"/orders/{number}" for number in numbers[:1])
