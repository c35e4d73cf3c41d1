"""The next period of a subscription: for how many seats, and who loses one (R26)."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tenure.access.queries.losses import Fewer, Losses, losses
from tenure.access.queries.usage import held_seats
from tenure.base.calendar import zone_named
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.base.verdicts import Verdict, refuse
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.seat_losses import choose_losses
from tenure.orders.commands.carts import MOST_SEATS
from tenure.orders.queries.policy import policy_numbered
from tenure.organisations.rules import Ability
from tenure.policy.words import Audience
from tenure.subscriptions.errors import SUBSCRIPTION_OVER
from tenure.subscriptions.queries.facts import period_facts
from tenure.subscriptions.queries.listing import subscription_of
from tenure.subscriptions.queries.renewal import renewal_choice
from tenure.subscriptions.queries.views import SubscriptionView
from tenure.subscriptions.rules.periods import SubscriptionStatus
from tenure.subscriptions.rules.quantity import quantity_verdict
from tenure.web.console.choices import said
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.names import Offers, named
from tenure.web.edge.templatetags.amounts import money
from tenure.web.edge.templatetags.days import day
from tenure.web.edge.visits import Desk

_MOST_NAMED = 20
_MOST_HOLDERS = 500


class QuantityForm(Form):
    """For how many seats the next period is to be."""

    quantity = forms.IntegerField(
        label=_("Seats in the next period"), min_value=1, max_value=MOST_SEATS
    )


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def quantity(desk: Desk, subscription: str) -> HttpResponse:
    """Choose how many seats the next period has, once what follows from it was read (R26)."""
    view = _view(desk, subscription)
    page = reverse("console_subscription", args=[desk.organisation_id, subscription])
    row = view.subscription
    given = desk.request.POST if desk.posted else desk.request.GET
    asked = "quantity" in given
    form = QuantityForm(given if asked else None, initial={"quantity": row.next_quantity})
    verdict = quantity_possible(view, desk)
    context = {
        "view": view,
        "page": page,
        "name": Offers([row.offer_id], desk.language).name(row.offer_id),
        "form": form,
        "allowed": bool(verdict),
        "said": said(verdict, desk.language),
        "rule": verdict.code.rule or "",
    }
    if desk.posted and asked and form.is_valid():
        choose_renewal(
            subscription=row.id,
            next_quantity=form.cleaned_data["quantity"],
            now=desk.now,
            by=desk.by,
        )
        desk.tell(gettext("The next period is for so many seats."))
        return desk.redirect(page)
    if asked and form.is_valid() and verdict:
        wanted = form.cleaned_data["quantity"]
        context |= {"wanted": wanted, "consequences": list(_consequences(desk, view, wanted))}
    return desk.render("console/quantity.html", context, status=form.status)


def quantity_possible(view: SubscriptionView, desk: Desk) -> Verdict:
    """Whether the quantity of the next period can be set now (R26)."""
    order, current = view.current.order, view.current
    if view.status is not SubscriptionStatus.ACTIVE or order is None or not current.opt_out_on:
        return refuse(SUBSCRIPTION_OVER, ends_on=current.ends_on)
    return quantity_verdict(
        period_facts(current),
        at=desk.now,
        zone=zone_named(view.subscription.zone),
        policy=policy_numbered(order.policy_version_id),
    )


def _consequences(desk: Desk, view: SubscriptionView, wanted: int) -> Iterator[str]:
    """What follows from having ``wanted`` seats in the next period."""
    row, current = view.subscription, view.current
    yield ngettext(
        "From %(day)s on it is for %(count)d seat.",
        "From %(day)s on it is for %(count)d seats.",
        wanted,
    ) % {"day": day(current.ends_on), "count": wanted}
    then = copy(row)
    then.next_quantity = wanted
    choice = renewal_choice(
        replace(view, subscription=then),
        audience=Audience(desk.place.audience),
        country=desk.place.country,
        at=desk.now,
    )
    if choice.total is not None:
        yield gettext("%(total)s with tax is charged for it.") % {"total": money(choice.total)}
    if wanted < row.quantity:
        yield from losses_said(losses(Fewer(row, wanted)))
    if current.opt_out_on:
        yield gettext("You can change that until %(day)s.") % {"day": day(current.opt_out_on)}


def losses_said(gone: Losses) -> Iterator[str]:
    """What goes with fewer seats, and who loses one."""
    if not gone.touches_anybody:
        yield gettext("Nobody loses a seat: enough of them are free.")
    if gone.reserved:
        yield ngettext(
            "%(count)d invitation keeps its seat no longer.",
            "%(count)d invitations keep their seats no longer.",
            gone.reserved,
        ) % {"count": gone.reserved}
    if gone.losers:
        names = [each.member.name or each.member.email for each in gone.losers[:_MOST_NAMED]]
        yield gettext(
            "As things stand these lose their seat, chosen by you or idle longest: %(names)s."
        ) % {"names": named(names)}


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def seat_losses(desk: Desk, subscription: str) -> HttpResponse:
    """Choose who loses a seat if the next period has fewer of them (R26)."""
    view = _view(desk, subscription)
    row = view.subscription
    page = reverse("console_subscription", args=[desk.organisation_id, subscription])
    if desk.posted:
        chosen = [parse_public_id("mem", each) for each in desk.request.POST.getlist("members")]
        choose_losses(subscription=row.id, members=chosen, now=desk.now, by=desk.by)
        desk.tell(gettext("Who loses a seat is chosen."))
        return desk.redirect(page)
    gone = losses(Fewer(row, row.next_quantity))
    context = {
        "view": view,
        "page": page,
        "name": Offers([row.offer_id], desk.language).name(row.offer_id),
        "count": len(gone.losers),
        "holders": list(_holders(row.id, gone)),
        "said": list(losses_said(gone)),
    }
    return desk.render("console/losses.html", context)


def _holders(subscription: UUID, gone: Losses) -> Iterator[dict[str, object]]:
    """Who holds a seat, with whether it is chosen, or goes as things stand."""
    losing = {each.member.id: each.chosen for each in gone.losers}
    for held in held_seats(subscription, _MOST_HOLDERS):
        if held.member is not None and not held.reserved:
            yield {
                "id": public_id("mem", held.member.id),
                "member": held.member,
                "last_used_on": held.seat.last_used_on,
                "chosen": losing.get(held.member.id, False),
                "loses": held.member.id in losing,
            }


def _view(desk: Desk, subscription: str) -> SubscriptionView:
    view = subscription_of(desk.organisation, parse_public_id("sub", subscription), desk.now)
    if view.status is not SubscriptionStatus.ACTIVE:
        raise NotFound
    return view
