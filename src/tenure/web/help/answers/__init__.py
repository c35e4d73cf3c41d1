"""The answers, made of the policy's figures and of today's date; texts in the active language."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext

from tenure.policy.model import Policy
from tenure.policy.words import PaymentMethod
from tenure.web.help.answers.asked import Answer, Asked, Section
from tenure.web.help.answers.buying import (
    contact,
    payment,
    payment_trouble,
    prices,
    students,
    terms,
    trials,
)
from tenure.web.help.answers.living import (
    cancellation,
    data,
    period,
    reminders,
    renewal,
    renewal_off,
)
from tenure.web.help.answers.people import seats, team

__all__ = ["Answer", "Section", "sections"]


def sections(
    policy: Policy, *, on: date, language: str, available: Collection[PaymentMethod]
) -> list[Section]:
    """Every question, answered by ``policy`` as of the day ``on``.

    ``available`` are the methods of payment that this installation can take.
    """
    asked = Asked(policy, on, language, available)
    return [
        Section(gettext("Buying"), (terms(asked), prices(asked), contact(asked), trials(asked))),
        Section(gettext("Paying"), (payment(asked), payment_trouble(asked), students(asked))),
        Section(
            gettext("Time"),
            (period(asked), renewal(asked), renewal_off(asked), reminders(asked)),
        ),
        Section(gettext("Changing your mind"), (cancellation(asked), data(asked))),
        Section(gettext("Your team"), (team(asked), seats(asked))),
    ]
