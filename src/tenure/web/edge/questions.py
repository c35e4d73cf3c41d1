"""The questions that the help answers, as anchors that every page may lead to.

In a template: ``<c-help-link about="renewal">…</c-help-link>``.
"""

from __future__ import annotations

from enum import StrEnum


class Question(StrEnum):
    """What is asked; the value is the answer's anchor on ``/help/``, and stays."""

    TERMS = "terms"
    PRICES = "prices"
    PAYMENT = "payment"
    PAYMENT_TROUBLE = "payment-trouble"
    PERIOD = "period"
    RENEWAL = "renewal"
    RENEWAL_OFF = "renewal-off"
    REMINDERS = "reminders"
    CANCELLATION = "cancellation"
    DATA = "data"
    TRIALS = "trials"
    STUDENTS = "students"
    CONTACT = "contact"
    TEAM = "team"
    SEATS = "seats"
