"""What search engines are told: what there is to find, and where not to look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.templatetags.static import static

from tenure.base.wording import LANGUAGES

_CLOSED: Final = (
    "/api/",
    "/access/",
    "/account/",
    "/backoffice/",
    "/cart",
    "/checkout/",
    "/console/",
    "/contact",
    "/contract/",
    "/design",
    "/home/",
    "/invitations/",
    "/mailbox",
    "/orders/",
    "/preferences",
)

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml">'
)

Pages = Callable[[], Iterable[str]]

_listed: list[Pages] = []


def list_in_sitemap(pages: Pages) -> None:
    """Have the paths of an area's public pages in the site map; ``web/urls.py`` calls this."""
    if pages not in _listed:
        _listed.append(pages)


def robots(request: HttpRequest) -> HttpResponse:
    """``/robots.txt``."""
    del request
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED)]
    lines.append(f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def sitemap(request: HttpRequest) -> HttpResponse:
    """``/sitemap.xml``: every public page in every language."""
    del request
    entries = [_entry(settings.PUBLIC_URL + path) for pages in _listed for path in pages()]
    text = "\n".join([_HEAD, *entries, "</urlset>\n"])
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def _entry(address: str) -> str:
    """By hand: a catalogue of ten thousand offers is as many of them."""
    plain = escape(address)
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{plain}?language={code}"/>'
        for code in LANGUAGES
    )
    return f"<url><loc>{plain}</loc>{others}</url>"


def favicon(request: HttpRequest) -> HttpResponse:
    """``/favicon.ico``, for browsers that do not read the page first."""
    del request
    return HttpResponsePermanentRedirect(static("tenure/icon.svg"))
