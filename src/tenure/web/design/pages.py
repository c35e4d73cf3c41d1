"""Every component in every state, to look at and to be checked."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from tenure.web.design.samples import SHELLS, sample_visit, samples


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """The page; in a sandbox alone."""
    _only_in_a_sandbox()
    messages.success(request, gettext("A message on the page after the one that did something."))
    return render(request, "design/design.html", samples())


@require_safe
def confirmation(request: HttpRequest) -> HttpResponse:
    """A whole page that asks before something is done, and names what it brings."""
    _only_in_a_sandbox()
    consequences = [
        gettext("Bachir can no longer work with Sketchline and Partforge."),
        gettext("Two seats are free at once, and you can assign them to others."),
        gettext("Nothing is paid back; the subscription goes on until November 23, 2027."),
    ]
    return render(request, "design/confirmation.html", {"consequences": consequences})


@require_safe
def shell(request: HttpRequest, base: str) -> HttpResponse:
    """What stands around the pages of an area: header, navigation, banners, footer."""
    _only_in_a_sandbox()
    if base not in SHELLS:
        raise Http404
    context = {"base": f"base_{base}.html", "visit": sample_visit(), "shells": SHELLS}
    return render(request, "design/shell.html", samples() | context)


def _only_in_a_sandbox() -> None:
    if not settings.SANDBOX:
        raise Http404
