"""What search engines are told: what there is to find, and where not to look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
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
    "/design",
    "/home/",
    "/invitations/",
    "/mailbox",
    "/orders/",
    "/preferences",
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
    paths = [path for pages in _listed for path in pages()]
    text = render_to_string(
        "edge/sitemap.xml",
        {"paths": paths, "root": settings.PUBLIC_URL, "languages": LANGUAGES},
    )
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def favicon(request: HttpRequest) -> HttpResponse:
    """``/favicon.ico``, for browsers that do not read the page first."""
    del request
    return HttpResponsePermanentRedirect(static("tenure/icon.svg"))
