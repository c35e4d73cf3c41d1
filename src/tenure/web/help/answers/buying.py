"""How and what to buy, and how to pay for it."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext

from tenure.base.calendar import last_day_within
from tenure.policy.words import Audience, PaymentMethod
from tenure.web.edge.questions import Question
from tenure.web.help.answers.asked import (
    Answer,
    Asked,
    audience_in_words,
    method_in_words,
    term_in_words,
)


def terms(asked: Asked) -> Answer:
    """R6, R11."""
    return Answer(
        Question.TERMS,
        gettext("For how long can I buy?"),
        (gettext("That depends on who you are:"),),
        tuple(
            gettext("%(audience)s: %(terms)s.")
            % {"audience": audience_in_words(audience), "terms": _terms(asked, audience)}
            for audience in Audience
        ),
        gettext("A cart holds one term; what you want for another term goes into a second cart."),
    )


def prices(asked: Asked) -> Answer:
    """R7, R44, R45."""
    points = [
        gettext("Prices for companies are without tax; the tax is added in the cart."),
        gettext("Prices for makers and students are with tax: what you see is what you pay."),
    ]
    if asked.policy.tax.oss:
        points.append(gettext("Makers and students in the EU pay the VAT of their own country."))
    else:
        points.append(gettext("Makers and students in the EU pay the VAT of our country."))
    points.append(
        gettext(
            "Companies elsewhere in the EU with a valid VAT number pay none to us: the reverse "
            "charge applies."
        )
    )
    if asked.policy.tax.taxed_countries_outside_eu:
        points.append(
            gettext("Outside the EU tax is charged in these countries only: %(countries)s.")
            % {"countries": asked.all_of(asked.policy.tax.taxed_countries_outside_eu)}
        )
    else:
        points.append(gettext("Outside the EU no tax is charged."))
    return Answer(
        Question.PRICES,
        gettext("Is tax included in the prices?"),
        (gettext("Each page says which; the cart and the order always show it by itself."),),
        tuple(points),
    )


def contact(asked: Asked) -> Answer:
    """R4."""
    del asked
    return Answer(
        Question.CONTACT,
        gettext("Why does it say “Contact us” instead of “Buy”?"),
        (
            gettext("Not everything is sold online, and not in every country."),
            gettext(
                "Write to us from the role’s page: what you were looking at comes along with your "
                "message, and we answer with a price."
            ),
        ),
        leads_to=(gettext("Contact us"), "/contact"),
    )


def trials(asked: Asked) -> Answer:
    """R9."""
    del asked
    return Answer(
        Question.TRIALS,
        gettext("Can I try before I buy?"),
        (
            gettext(
                "Where a role has a trial, its page says so and for how many days. A trial costs "
                "nothing, asks for no card, and ends by itself."
            ),
            gettext(
                "A role can be tried once, and not after it was bought. Buy during the trial, and "
                "everybody keeps the role without a break."
            ),
        ),
    )


def payment(asked: Asked) -> Answer:
    """R13, R14, R15; only what this installation can take."""
    methods = {audience: _methods(asked, audience) for audience in Audience}
    days = asked.policy.orders.transfer_wait_days
    transfer = ngettext(
        "An order by bank transfer waits %(days)s day for the money, and begins on the day it "
        "arrives.",
        "An order by bank transfer waits %(days)s days for the money, and begins on the day it "
        "arrives.",
        days,
    ) % {"days": days}
    by_transfer = any(PaymentMethod.BANK_TRANSFER in each for each in methods.values())
    return Answer(
        Question.PAYMENT,
        gettext("How do I pay?"),
        (gettext("The whole amount is paid in advance; there are no instalments."),),
        tuple(
            gettext("%(audience)s pay by %(methods)s.")
            % {
                "audience": audience_in_words(audience),
                "methods": asked.either(map(method_in_words, each)),
            }
            for audience, each in methods.items()
            if each
        ),
        transfer if by_transfer else "",
    )


def _methods(asked: Asked, audience: Audience) -> list[PaymentMethod]:
    return [
        method for method in asked.policy.payment_methods.of(audience) if method in asked.available
    ]


def payment_trouble(asked: Asked) -> Answer:
    """R16, R17."""
    del asked
    return Answer(
        Question.PAYMENT_TROUBLE,
        gettext("What if my payment is interrupted?"),
        (
            gettext(
                "Nobody is charged twice. An order can be sent again, from another tab or after a "
                "lost connection: it stays one order, with one charge."
            ),
            gettext(
                "If your bank’s answer is lost, we ask for it before anything else is tried, and "
                "tell you by mail. A declined order is kept: pay it again, with another card if "
                "you like."
            ),
        ),
    )


def students(asked: Asked) -> Answer:
    """R8."""
    days = asked.policy.students.verification_wait_days
    return Answer(
        Question.STUDENTS,
        gettext("How do I prove that I am a student?"),
        (
            gettext(
                "An address of your university or school is enough. Otherwise hand in a proof, "
                "such as a certificate of enrolment, and we look at it."
            ),
            ngettext(
                "Until then your order is kept for %(days)s day, and nothing is charged.",
                "Until then your order is kept for %(days)s days, and nothing is charged.",
                days,
            )
            % {"days": days},
        ),
        example=gettext("Ordered today, the proof can be handed in until %(day)s.")
        % {"day": asked.day(last_day_within(asked.on, days))},
    )


def _terms(asked: Asked, audience: Audience) -> str:
    return asked.either(term_in_words(term) for term in asked.policy.terms.of(audience))
