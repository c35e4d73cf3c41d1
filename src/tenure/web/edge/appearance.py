"""How pages look to who reads them: light or dark, as chosen or as their machine has it."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.gzip import GZipMiddleware
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tenure.orders.queries.policy import policy_last_read

COOKIE: Final = "theme"
THEMES: Final = {"light": "tenure", "dark": "tenure-dark"}
"""What may be chosen, and what the stylesheet calls it; whoever chose nothing gets neither."""

_YEAR: Final = 365 * 24 * 3600


def appearance(request: HttpRequest) -> dict[str, Any]:
    """The context processor: ``theme`` is the chosen one, or empty; ``ends_contracts`` whether a
    contract can be ended without logging in (R33)."""
    chosen = request.COOKIES.get(COOKIE, "")
    policy = policy_last_read()
    rights = policy.statutory_eu if policy else None
    return {
        "theme": THEMES.get(chosen, ""),
        "sandbox": settings.SANDBOX,
        "ends_contracts": bool(rights and rights.enabled and rights.termination_without_login),
    }


@csrf_exempt  # it keeps a taste, and harms nobody who is led to it
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep ``theme`` (light, dark; anything else: as the machine has it), go back to ``next``."""
    goal = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(goal, {request.get_host()}, request.is_secure())
    answer = HttpResponseRedirect(goal if ours else "/")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        answer.set_cookie(
            COOKIE, chosen, _YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    else:
        answer.delete_cookie(COOKIE, samesite="Lax")
    return answer


class CompressPages(GZipMiddleware):
    """Compresses pages, and nothing else: answers of the API are small and often asked for."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """The answer, compressed if it is a page and the browser takes it."""
        if response.get("Content-Type", "").startswith("text/html"):
            return super().process_response(request, response)
        return response
