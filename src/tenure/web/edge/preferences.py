"""What a visitor picks once: language, country, audience."""

from __future__ import annotations

from django.http import HttpResponse

from tenure.base.wording import LANGUAGES
from tenure.web.edge.doors import ACTION, public_page
from tenure.web.edge.middleware import keep_language
from tenure.web.edge.visits import Visit, safe_next


@public_page(ACTION, indexed=False)
def pick(visit: Visit) -> HttpResponse:
    """Keep what was picked (``language``, ``country``, ``audience``), and back to ``next``."""
    posted = visit.request.POST
    visit.visitor.keep(country=posted.get("country", ""), audience=posted.get("audience", ""))
    language = posted.get("language", "")
    if language in LANGUAGES:
        keep_language(visit.request, language)
    return visit.redirect(safe_next(visit.request, "/"))
