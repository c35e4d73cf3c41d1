"""Around every page, and around nothing else: sessions, logins, language, what may be kept.

Calls of the API pass by: they load no session, get no cookie, and are not slowed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.module_loading import import_string

from tenure.base.errors import TenureError
from tenure.organisations.commands.people import choose_language
from tenure.web.edge.answers import label
from tenure.web.edge.refusals import bad_request, method_not_allowed, refusal, unavailable
from tenure.web.edge.visitor import LANGUAGE, visitor_of

Handler = Callable[[HttpRequest], HttpResponse]
Hook = Callable[..., HttpResponse | None]

_YEAR: Final = 365 * 24 * 3600


def is_page(request: HttpRequest) -> bool:
    """Whether the request is for a page: everything that is not the API's."""
    return not request.path_info.startswith(settings.API_PATHS)


class PageMiddleware:
    """Runs the middlewares of ``settings.PAGE_MIDDLEWARE`` for pages alone."""

    def __init__(self, get_response: Handler) -> None:
        self._past = get_response
        self._views: list[Hook] = []
        self._exceptions: list[Hook] = []
        handler: Any = get_response
        for name in reversed(settings.PAGE_MIDDLEWARE):
            middleware = import_string(name)(handler)
            self._views[:0] = _hook(middleware, "process_view")
            self._exceptions += _hook(middleware, "process_exception")
            handler = convert_exception_to_response(middleware)
        self._pages: Handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_page(request):
            return self._past(request)
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]  # none of ours has one, and no session could be called so
        return self._pages(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """What the middlewares of pages do before a page is made."""
        hooks = self._views if is_page(request) else []
        return _first(hook(request, view, args, kwargs) for hook in hooks)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a page raises, as the middlewares of pages tell it."""
        hooks = self._exceptions if is_page(request) else []
        return _first(hook(request, error) for hook in hooks)


class VisitorMiddleware:
    """Finds out who looks, speaks their language, keeps what they pick, tells refusals."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visitor = visitor_of(request)
        if request.GET.get(LANGUAGE) == visitor.language:
            keep_language(request, visitor.language)
        with translation.override(visitor.language):
            response = self._get_response(request)
            if response.status_code == 405 and not response.content:
                response = method_not_allowed(request, response)
            language = translation.get_language() or visitor.language
        for name, value in visitor.kept.items():
            response.set_cookie(
                name,
                value,
                max_age=_YEAR,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        label(response, visitor, language)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A rule's no, or a database that is away, as a page of its own."""
        if isinstance(error, TenureError):
            return refusal(request, error)
        if isinstance(error, OperationalError):
            return unavailable(request, error)
        if isinstance(error, DataError):  # a word that no column can hold, as one with a NUL
            return bad_request(request, error)
        return None


def keep_language(request: HttpRequest, language: str) -> None:
    """Read in ``language`` from now on; a person's choice goes with them everywhere."""
    visitor = visitor_of(request)
    visitor.keep(language=language)
    if visitor.user is not None and visitor.user.language != language:
        visitor.user.language = language
        choose_language(user=visitor.user.id, language=language)


def _hook(middleware: Any, name: str) -> list[Hook]:
    found = getattr(middleware, name, None)
    return [found] if found else []


def _first(answers: Any) -> HttpResponse | None:
    """The first hook that answers decides; the others are not asked."""
    return next((answer for answer in answers if answer is not None), None)
