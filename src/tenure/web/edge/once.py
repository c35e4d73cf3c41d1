"""Sent twice, done once: forms that move money carry a token of their own (R16).

    def buy_page(visit: PersonVisit) -> HttpResponse:
        def work(asked: Asked) -> HttpResponse:
            written = buy(..., asked=asked)
            return visit.redirect(...)
        return once(visit, work=work, resume=lambda order: visit.redirect(...))

The form's template says ``{% include "edge/once.html" %}``. A double click, a second tab or a
retry after a lost answer is given what the first one made.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from tenure.base.errors import Stale
from tenure.events.asked import Asked
from tenure.events.asking import asked_alone
from tenure.web.edge.visits import PersonVisit, Visit

FIELD: Final = "once"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_VISITORS: Final = UUID(int=0)
"""The scope of what is asked without a login; its tokens are as hard to guess as any."""
_NOT_ASKED: Final = frozenset({FIELD, "csrfmiddlewaretoken"})


def once_token(request: HttpRequest) -> dict[str, Any]:
    """The context processor: ``once_token``, made anew for every page that shows it."""
    del request
    return {"once_token": SimpleLazyObject(lambda: secrets.token_urlsafe(16))}


def once(
    visit: Visit,
    *,
    work: Callable[[Asked], HttpResponse],
    resume: Callable[[UUID], HttpResponse],
) -> HttpResponse:
    """The answer of ``work``, or of ``resume`` with what the first one made.

    Whoever comes second waits until the first is done. Raises ``Stale`` for a form without a
    token, or whose token was used for something else.
    """
    asked = _asked(visit)
    with asked_alone(asked) as before:
        if before is None:
            return work(asked)
        if before.made is None or before.body_hash != asked.body_hash:
            raise Stale
        return resume(before.made)


def _asked(visit: Visit) -> Asked:
    """What is asked: by whom, under which token, where, and with what."""
    posted = visit.request.POST
    token = posted.get(FIELD, "")
    if not _TOKEN.fullmatch(token):
        raise Stale
    said = {name: posted.getlist(name) for name in sorted(posted) if name not in _NOT_ASKED}
    return Asked(
        scope=visit.user.id if isinstance(visit, PersonVisit) else _VISITORS,
        key=token,
        call=f"POST {visit.request.path}"[:300],
        body_hash=sha256(msgspec.json.encode(said, order="sorted")).digest(),
    )
