"""Beginning, renewing, ending, and taking it back."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext, ngettext

from tenure.base.calendar import Term, last_day_within, period_bounds
from tenure.subscriptions.rules.renewal import opt_out_deadline
from tenure.subscriptions.rules.retention import data_available_until
from tenure.web.edge.questions import Question
from tenure.web.help.answers.asked import (
    Answer,
    Asked,
    audience_in_words,
    term_in_words,
)

_TAKEN_BACK: Final = (Term.YEAR, Term.QUARTER)
"""The terms that R28 lets be cancelled."""


def period(asked: Asked) -> Answer:
    """R19."""
    span = period_bounds(asked.on, asked.longest_term, 1)
    return Answer(
        Question.PERIOD,
        gettext("When does it begin, and when does it end?"),
        (
            gettext(
                "It begins on the day the money is there, and lasts to the end of its last day "
                "in your time zone. Both days stand on your order and in your console."
            ),
        ),
        example=gettext("Bought today for %(term)s, the last day is %(day)s.")
        % {"term": term_in_words(asked.longest_term), "day": asked.day(span.last_day)},
    )


def renewal(asked: Asked) -> Answer:
    """R20, R21, R22, R24."""
    days = asked.policy.renewal.opt_out_days_before_end
    ends_on = period_bounds(asked.on, asked.longest_term, 1).ends_on
    return Answer(
        Question.RENEWAL,
        gettext("Does my subscription renew by itself?"),
        (
            gettext(
                "Yes, for the same term and as many seats as you choose, without a gap. Trials do "
                "not."
            ),
            ngettext(
                "You can stop that, per subscription, under Subscriptions in your console, until "
                "%(days)s day before the end. It can be switched on again until the end.",
                "You can stop that, per subscription, under Subscriptions in your console, until "
                "%(days)s days before the end. It can be switched on again until the end.",
                days,
            )
            % {"days": days},
            gettext("After that day you can still stop it from the next period on."),
        ),
        example=gettext(
            "Bought today for %(term)s, it renews on %(renews)s, and the last day to stop that is "
            "%(deadline)s."
        )
        % {
            "term": term_in_words(asked.longest_term),
            "renews": asked.day(ends_on),
            "deadline": asked.day(opt_out_deadline(ends_on, asked.policy)),
        },
    )


def renewal_off(asked: Asked) -> Answer:
    """R23."""
    del asked
    return Answer(
        Question.RENEWAL_OFF,
        gettext("What happens when I stop the renewal?"),
        (
            gettext(
                "Everything works to the end of the period that is paid, for everybody who has a "
                "seat. Then it ends by itself; nothing is charged, and nothing is given back for "
                "the rest."
            ),
        ),
    )


def reminders(asked: Asked) -> Answer:
    """R25."""
    by_term = asked.policy.renewal.reminder_days_before_deadline
    points = tuple(
        gettext("%(term)s: %(days)s days before.")
        % {
            "term": term_in_words(term).capitalize(),
            "days": asked.all_of(str(days) for days in by_term.of(term)),
        }
        for term in (Term.YEAR, Term.QUARTER, Term.MONTH)
        if by_term.of(term)
    )
    return Answer(
        Question.REMINDERS,
        gettext("Are we reminded before it renews?"),
        (
            gettext(
                "Yes, by mail, so many days before the last day to stop the renewal. The first "
                "reminder names the price of the next period, and that price is then fixed."
            ),
        )
        if points
        else (gettext("No mail is sent; the day stands in your console all the time."),),
        points,
    )


def cancellation(asked: Asked) -> Answer:
    """R28, R29, R33."""
    policy = asked.policy
    days = policy.cancellation.window_days
    taken_back = [term for term in _TAKEN_BACK if term in asked.offered]
    excluded = gettext("That is not so for monthly subscriptions, renewals and trials.")
    paragraphs: tuple[str, ...] = (gettext("Not what is bought for a month, nor a trial."),)
    if taken_back:
        window = ngettext(
            "A purchase for %(terms)s can be cancelled within %(days)s day of the purchase, and "
            "is paid back in full. Sending the request counts, not our answer.",
            "A purchase for %(terms)s can be cancelled within %(days)s days of the purchase, and "
            "is paid back in full. Sending the request counts, not our answer.",
            days,
        ) % {"terms": asked.either(map(term_in_words, taken_back)), "days": days}
        paragraphs = (window, excluded, _how(asked))
    return Answer(
        Question.CANCELLATION,
        gettext("Can I cancel and get my money back?"),
        paragraphs,
        _statutory(asked),
        gettext("Bought today, the last day to cancel is %(day)s, until midnight.")
        % {"day": asked.day(last_day_within(asked.on, days))}
        if taken_back
        else "",
        leads_to=(gettext("To the request form"), "/contact"),
    )


def _how(asked: Asked) -> str:
    """What becomes of the request."""
    if asked.policy.cancellation.approval_required:
        return gettext(
            "The request form says before you send it whether the purchase qualifies. Our staff "
            "then answer."
        )
    return gettext(
        "The request form says before you send it whether the purchase qualifies. If it does, "
        "the request is granted at once."
    )


def _statutory(asked: Asked) -> tuple[str, ...]:
    """What the law gives consumers in the EU beside it, where the policy says so (R33)."""
    statutory = asked.policy.statutory_eu
    if not statutory.enabled:
        return ()
    days = statutory.withdrawal_days
    return (
        ngettext(
            "Makers and students in the EU can withdraw from any first purchase, monthly ones "
            "too, within %(days)s day.",
            "Makers and students in the EU can withdraw from any first purchase, monthly ones "
            "too, within %(days)s days.",
            days,
        )
        % {"days": days},
    )


def data(asked: Asked) -> Answer:
    """R31, R33."""
    policy = asked.policy
    days = policy.retention.data_days
    warned = policy.retention.warning_days_before_end
    ends_on = period_bounds(asked.on, asked.longest_term, 1).ends_on
    points = []
    if warned:
        points.append(
            gettext("We warn you by mail before: %(days)s days ahead.")
            % {"days": asked.all_of(str(each) for each in warned)}
        )
    if policy.statutory_eu.enabled and policy.statutory_eu.data_days > days:
        points.append(
            gettext("In the EU they stay for %(days)s days, for: %(audiences)s.")
            % {
                "days": policy.statutory_eu.data_days,
                "audiences": asked.all_of(
                    audience_in_words(each).lower() for each in policy.statutory_eu.data_audiences
                ),
            }
        )
    return Answer(
        Question.DATA,
        gettext("What happens to our data at the end?"),
        (
            ngettext(
                "They stay available for %(days)s day after the end of access, or after your "
                "request if that is later. In that time you can read and export them, not work "
                "with them. Then they are deleted.",
                "They stay available for %(days)s days after the end of access, or after your "
                "request if that is later. In that time you can read and export them, not work "
                "with them. Then they are deleted.",
                days,
            )
            % {"days": days},
        ),
        tuple(points),
        gettext("Bought today for %(term)s and not renewed, data stay until %(day)s.")
        % {
            "term": term_in_words(asked.longest_term),
            "day": asked.day(data_available_until(ends_on, days)),
        },
    )
