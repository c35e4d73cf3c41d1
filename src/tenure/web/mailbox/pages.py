"""The mailbox, in a sandbox alone: a list, one mail, and that mail's HTML by itself."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from csp.decorators import csp_replace, csp_update
from django.http import HttpResponse
from django.urls import reverse

from tenure.base.ids import parse_public_id, public_id
from tenure.notices.models import Mail
from tenure.notices.queries.mails import mail_of, mailbox_page
from tenure.notices.queries.sender import sender
from tenure.notices.smtp import written_mail
from tenure.web.edge.doors import public_page, sandbox_only
from tenure.web.edge.visits import Visit

_LIMIT: Final = 50
_PREFIX: Final = "mail"

MAIL_POLICY: Final = {
    "default-src": ["'none'"],
    "base-uri": ["'none'"],
    "connect-src": ["'none'"],
    "font-src": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "img-src": ["'none'"],
    "manifest-src": ["'none'"],
    "script-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}
"""For a mail's own HTML: mail needs its styles inline, and may do nothing else but lead away."""


@sandbox_only
@public_page(indexed=False)
def mailbox(visit: Visit) -> HttpResponse:
    """All mails, newest first, or those to addresses that hold what was searched."""
    given = visit.request.GET
    to, cursor = given.get("to", "").strip(), given.get("cursor", "")
    before = parse_public_id(_PREFIX, cursor) if cursor else None
    mails, more = mailbox_page(to=to, before=before, limit=_LIMIT)
    context = {
        "mails": [(public_id(_PREFIX, mail.id), mail) for mail in mails],
        "to": to,
        "first": _address(to) if cursor else "",
        "next": _address(to, public_id(_PREFIX, mails[-1].id)) if more else "",
    }
    return visit.render("mailbox/mailbox.html", context)


@csp_update({"frame-src": ["'self'"]})
@sandbox_only
@public_page(indexed=False)
def mail(visit: Visit, mail: str) -> HttpResponse:
    """One mail: its headers, how it looks, its text form."""
    found, from_whom = _found(mail), sender()
    written = written_mail(found, from_whom) if found.letter is not None else None
    context = {"id": mail, "mail": found, "written": written, "sender": from_whom}
    return visit.render("mailbox/mail.html", context)


@csp_replace(MAIL_POLICY)
@sandbox_only
@public_page(indexed=False)
def html(visit: Visit, mail: str) -> HttpResponse:
    """The HTML form by itself, to be framed: no script, no form, nothing loaded.

    Its links lead out of the frame, since no other page of ours lets itself be framed.
    """
    del visit
    written = written_mail(_found(mail), sender())
    return HttpResponse(written.html.replace("<head>", '<head><base target="_top">', 1))


def _found(mail: str) -> Mail:
    return mail_of(parse_public_id(_PREFIX, mail))


def _address(to: str, cursor: str = "") -> str:
    query = urlencode({name: text for name, text in (("to", to), ("cursor", cursor)) if text})
    return reverse("mailbox") + (f"?{query}" if query else "")
