"""The help: one public page, each question with an anchor of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.utils.safestring import SafeString

from tenure.base.wording import LANGUAGES
from tenure.billing.gateways.choice import available_methods
from tenure.orders.queries.policy import policy_in_force
from tenure.web.edge.doors import public_page
from tenure.web.edge.visits import Visit
from tenure.web.help.answers import Answer, sections

_CODED: Final = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}
"""What could end a script element, as JSON may write it as well."""

PATH: Final = "/help/"


@public_page()
def questions(visit: Visit) -> HttpResponse:
    """All questions with their answers, by the policy in force and with today's dates."""
    _, policy = policy_in_force()
    found = sections(policy, on=visit.today, language=visit.language, available=available_methods())
    answers = [answer for section in found for answer in section.answers]
    context = {
        "sections": found,
        "faq": structured(answers, visit.language),
        "address": settings.PUBLIC_URL + PATH,
        "languages": LANGUAGES,
    }
    return visit.render("help/help.html", context)


def paths() -> Sequence[str]:
    """What of this area may be found by search engines."""
    return (PATH,)


def structured(answers: Sequence[Answer], language: str) -> SafeString:
    """The questions and answers as search engines read them: JSON-LD, safe inside of a page."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "inLanguage": language,
        "mainEntity": [
            {
                "@type": "Question",
                "name": answer.title,
                "url": f"{settings.PUBLIC_URL}{PATH}#{answer.question}",
                "acceptedAnswer": {"@type": "Answer", "text": answer.text},
            }
            for answer in answers
        ],
    }
    return SafeString(json.dumps(data, ensure_ascii=False).translate(_CODED))
