"""Every component in every state, to look at and to be checked."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenure.web.design.samples import samples


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """The page; in a sandbox alone."""
    if not settings.SANDBOX:
        raise Http404
    return render(request, "design/design.html", samples())
