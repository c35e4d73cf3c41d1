"""Which edge tells what Django itself refuses: problems to programs, pages to people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tenure.api import problems
from tenure.web.edge import refusals
from tenure.web.edge.middleware import is_page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What cannot be read (Django's ``handler400``)."""
    if is_page(request):
        return refusals.bad_request(request, exception)
    return problems.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What a library forbids (Django's ``handler403``); the API's refusals have a code."""
    return refusals.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Whatever nobody answers to (Django's ``handler404``): a page for who reads pages."""
    if is_page(request) and "text/html" in request.META.get("HTTP_ACCEPT", ""):
        return refusals.page_not_found(request, exception)
    return problems.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw (Django's ``handler500``)."""
    return refusals.server_error(request) if is_page(request) else problems.server_error(request)
