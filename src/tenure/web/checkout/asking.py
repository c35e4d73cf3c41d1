"""A quote of a cart: for whom, by which number they buy, until when it holds (R12)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from tenure.base.calendar import local_date
from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import parse_public_id
from tenure.events.asked import Asked
from tenure.flows.quotes import quote_cart
from tenure.flows.quotes.whose import organisation_of
from tenure.orders.queries.baskets import order_of_cart
from tenure.orders.rules.payment import quote_last_day
from tenure.web.checkout.checkout import (
    WIDE,
    cart_to_order,
    lead_to_order,
    look_again,
    new_buyer,
    opened,
    welcome,
)
from tenure.web.checkout.desk import Checkout
from tenure.web.checkout.forms import Line, NewBuyerForm
from tenure.web.checkout.names import Names, shown
from tenure.web.checkout.roads import cart_page
from tenure.web.edge.doors import FORM, lead_to_login, public_page
from tenure.web.edge.forms import Form
from tenure.web.edge.once import once
from tenure.web.edge.quotes import quote_page
from tenure.web.edge.visits import PersonVisit, Visit


class NumberForm(Form):
    """The number by which the customer's own books know the purchase."""

    purchase_order = Line(
        label=_("Purchase order number"),
        most=100,
        required=False,
        help_text=_("Printed on the quote, and on the invoice that follows from it."),
    )


@public_page(FORM, indexed=False)
def ask(visit: Visit, cart: str) -> HttpResponse:
    """Have a cart quoted at its prices; one that is ordered leads to its order."""
    id_ = parse_public_id("cart", cart)
    placed = order_of_cart(id_)
    if placed is not None:
        return lead_to_order(visit, *placed)
    cart_found = cart_to_order(visit, id_)
    user = visit.visitor.user
    if user is None:
        return lead_to_login(visit.request) if visit.posted else welcome(visit, cart_found)
    if not cart_found.lines:
        return visit.redirect(cart_page(id_))
    desk = Checkout(PersonVisit(visit.request, visit.visitor, user), cart_found)
    if not desk.buyers and not desk.may_open:
        raise NotFound
    return _answer(desk)


def _answer(desk: Checkout) -> HttpResponse:
    visit = desk.visit
    sent = visit.posted and "look" not in visit.request.POST
    form = NumberForm(
        visit.request.POST if visit.posted else None,
        initial={"purchase_order": desk.row.purchase_order if desk.row else ""},
    )
    new = new_buyer(desk)
    if not sent:
        return _page(desk, form, new)
    wrong = [each for each in (form, *(() if desk.buyer else (new,))) if not each.is_valid()]
    if wrong or desk.buyer_is_gone:
        form.status = 422
        return _page(desk, form, new)
    try:
        return _quoted(desk, form, new)
    except (Refused, Invalid) as refused:
        look_again(visit)
        form.refuse(refused)
        return _page(Checkout(visit, cart_to_order(visit, desk.cart.id)), form, new)


def _quoted(desk: Checkout, form: NumberForm, new: NewBuyerForm) -> HttpResponse:
    visit = desk.visit

    def work(asked: Asked) -> HttpResponse:
        buyer = desk.buyer or opened(desk, new)
        written = quote_cart(
            cart=desk.cart.id,
            organisation=buyer.place.id,
            purchase_order=form.cleaned_data["purchase_order"],
            now=buyer.place.test_clock or visit.now,
            by=buyer.by,
            asked=asked,
        )
        visit.visitor.enter_organisation(buyer.place.id)
        return resume(written.ids[0])

    def resume(quote: UUID) -> HttpResponse:
        return visit.redirect(quote_page(organisation_of(quote), quote))

    return once(visit, work=work, resume=resume)


def _page(desk: Checkout, form: NumberForm, new: NewBuyerForm) -> HttpResponse:
    visit, priced = desk.visit, desk.showing.priced
    today = local_date(desk.now, desk.zone)
    names = Names([line.offer.id for line in priced.lines], visit.language)
    context = {
        "desk": desk,
        "cart": shown(priced, names, visit.language, today),
        "form": form,
        "new": new,
        "said": form.said,
        "wide": WIDE,
        "until": quote_last_day(today, priced.policy),
        "days": priced.policy.quotes.validity_days,
    }
    return visit.render("checkout/ask.html", context, status=form.status)
