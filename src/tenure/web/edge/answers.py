"""What an answer says of itself beside its page: who may keep it, and whether it may be found."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from tenure.web.edge.visitor import Visitor

_MARK = "is_public"

_FORM_AGAIN: Final = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
"""A form that is shown again with what is wrong: the way back leads to it, and a browser that may
not keep it would ask its reader to send it once more, or show nothing at all."""


def mark_public(response: HttpResponse) -> HttpResponse:
    """A page that everybody may see and search engines may list."""
    setattr(response, _MARK, True)
    return response


def label(response: HttpResponse, visitor: Visitor, language: str) -> None:
    """Say in which language an answer is; keep what is personal out of caches and indexes."""
    public = getattr(response, _MARK, False) and response.status_code == 200
    response.headers.setdefault("Content-Language", language)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    if not public:
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
    personal = not public or visitor.user is not None
    kept = "private, no-store" if personal else "no-cache"
    if response.status_code in _FORM_AGAIN:
        kept = "private, no-cache"
    response.headers.setdefault("Cache-Control", kept)
