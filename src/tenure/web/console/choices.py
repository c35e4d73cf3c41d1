"""What follows from switching the renewal, in words, before it is done (R21 to R24, R31)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext

from tenure.base.verdicts import Verdict
from tenure.base.wording import sentence
from tenure.subscriptions.errors import OPT_IN_CHARGES
from tenure.subscriptions.queries.renewal import RenewalChoice
from tenure.subscriptions.queries.views import SubscriptionView
from tenure.web.edge.templatetags.amounts import money
from tenure.web.edge.templatetags.days import day


class Wish(StrEnum):
    """What a customer can wish for the renewal."""

    ON = "on"
    OFF = "off"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A question with what follows from a yes; or the verdict that refuses it."""

    allowed: bool
    title: str
    consequences: Sequence[str]
    confirm: str
    said: str
    rule: str


def confirmation(
    wish: Wish, view: SubscriptionView, choice: RenewalChoice, name: str, language: str
) -> Confirmation:
    """What is asked before the renewal of ``name`` is switched."""
    verdict = choice.on if wish is Wish.ON else choice.off
    later = wish is Wish.LATER and (choice.too_late or bool(verdict)) and choice.renews
    title, confirm = _asked(wish, name)
    return Confirmation(
        allowed=bool(verdict) or later,
        title=title,
        consequences=list(_CONSEQUENCES[wish](view, choice)),
        confirm=confirm,
        said=said(verdict, language),
        rule=verdict.code.rule or "",
    )


def said(verdict: Verdict, language: str) -> str:
    """What a verdict says to a reader of ``language``."""
    return sentence(verdict.code, verdict.figures, language)


def _asked(wish: Wish, name: str) -> tuple[str, str]:
    about = {"name": name}
    if wish is Wish.ON:
        return gettext("Let %(name)s renew by itself?") % about, gettext("Let it renew")
    if wish is Wish.OFF:
        return gettext("Switch off the renewal of %(name)s?") % about, gettext("Switch it off")
    return (
        gettext("Let %(name)s renew once more, and then stop?") % about,
        gettext("Stop after the next period"),
    )


def _on(view: SubscriptionView, choice: RenewalChoice) -> Iterator[str]:
    if choice.following:
        yield gettext("It renews on %(day)s, until %(last)s.") % {
            "day": day(choice.following.starts_on),
            "last": day(choice.following.last_day),
        }
    charged_now = choice.on.code is OPT_IN_CHARGES
    if choice.total is not None:
        about = {"total": money(choice.total)}
        yield (
            gettext("%(total)s with tax is charged at once: the day for that was already over.")
            if charged_now
            else gettext("%(total)s with tax is charged then, as announced.")
            if choice.ahead.fixed is not None
            else gettext("%(total)s with tax is charged then, at today's price.")
        ) % about
    if view.current.opt_out_on and not charged_now:
        yield gettext("You can switch it off again until %(day)s.") % {
            "day": day(view.current.opt_out_on)
        }


def _off(view: SubscriptionView, choice: RenewalChoice) -> Iterator[str]:
    yield gettext("All of it can be used until %(day)s; nothing is given back for the rest.") % {
        "day": day(choice.last_day)
    }
    yield gettext("After that nobody can use it any more, and nothing is charged.")
    yield gettext("Its data are kept until %(day)s.") % {"day": day(view.current.data_until_on)}
    yield gettext("You can switch it on again until %(day)s.") % {"day": day(choice.last_day)}


def _later(view: SubscriptionView, choice: RenewalChoice) -> Iterator[str]:
    if choice.following is None:
        return
    yield gettext("It renews once more on %(day)s.") % {"day": day(choice.following.starts_on)}
    if view.paid_ahead is not None:
        yield gettext("That period is already paid.")
    elif choice.total is not None:
        yield (
            gettext("%(total)s with tax is charged for that, as announced.")
            if choice.ahead.fixed is not None
            else gettext("%(total)s with tax is charged for that, at today's price.")
        ) % {"total": money(choice.total)}
    yield gettext("It can be used until %(day)s, and then ends.") % {
        "day": day(choice.following.last_day)
    }
    kept = view.current.data_until_on - view.current.ends_on
    yield gettext("Its data are kept until %(day)s.") % {
        "day": day(choice.following.ends_on + max(kept, timedelta()))
    }


_CONSEQUENCES = {Wish.ON: _on, Wish.OFF: _off, Wish.LATER: _later}
