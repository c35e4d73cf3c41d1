"""The checkout on one page: who buys, who pays and how, what it binds one to (R10, R16, R18)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.base.errors import Invalid, NotFound, Refused, TenureError
from tenure.base.ids import parse_public_id
from tenure.base.money import Money
from tenure.events.asked import Asked
from tenure.flows.customers import open_organisation
from tenure.flows.purchase import Purchase, buy, resume_order
from tenure.flows.vat_checks import look_up_now
from tenure.orders.errors import CART_CHANGED
from tenure.orders.queries.baskets import OpenCart, open_carts, order_of_cart
from tenure.orders.rules.evidence import Seen as Came
from tenure.organisations.queries import memberships_of
from tenure.policy.words import PaymentMethod
from tenure.web.checkout.buyers import Buyer, may_buy
from tenure.web.checkout.desk import Checkout
from tenure.web.checkout.forms import CardForm, NewBuyerForm, StartForm
from tenure.web.checkout.names import Names, in_words, shown
from tenure.web.checkout.roads import after_paying, order_page
from tenure.web.checkout.seen import carried, dates_differ, read_seen, seen, what_differs
from tenure.web.edge.baskets import baskets_of
from tenure.web.edge.cards import saved_cards
from tenure.web.edge.doors import FORM, lead_to_login, public_page
from tenure.web.edge.forms import Form
from tenure.web.edge.once import once
from tenure.web.edge.refusals import Said, said, status_of
from tenure.web.edge.visits import PersonVisit, Visit
from tenure.web.edge.words import told

WIDE: Final = ("name", "billing_name", "line1", "line2", "purchase_order")
"""Fields that take a whole row."""


@public_page(FORM, indexed=False)
def checkout(visit: Visit, cart: str) -> HttpResponse:
    """One cart, to be ordered; one that is ordered leads to its order (R16)."""
    id_ = parse_public_id("cart", cart)
    try:
        return _checkout(visit, id_)
    except NotFound:
        if not visit.posted or visit.visitor.user is None:
            raise
        look_again(visit)  # a click before this one may just have opened an organisation
        return _checkout(visit, id_)


def look_again(visit: Visit) -> None:
    """Whatever was read of the visitor's organisations and carts is read anew."""
    visit.visitor.look_again()
    vars(visit.request).pop("baskets", None)


def _checkout(visit: Visit, id_: UUID) -> HttpResponse:
    placed = order_of_cart(id_)
    if placed is not None:
        return lead_to_order(visit, *placed)
    found = cart_to_order(visit, id_)
    user = visit.visitor.user
    if user is None:
        return lead_to_login(visit.request) if visit.posted else welcome(visit, found)
    if not found.lines:
        return visit.redirect(reverse("cart"))
    desk = Checkout(PersonVisit(visit.request, visit.visitor, user), found)
    if not desk.buyers and not desk.may_open:
        raise NotFound
    return Page(desk, *_forms(desk)).answer()


def cart_to_order(visit: Visit, id_: UUID) -> OpenCart:
    """A cart that the visitor carries along, or one of an organisation that they run."""
    for each in baskets_of(visit.request):
        if each.id == id_:
            return each
    run = {m.organisation.id for m in visit.visitor.active_memberships if may_buy(m)}
    for each in open_carts([id_]) if run else ():
        if each.organisation in run:
            return each
    raise NotFound


def lead_to_order(visit: Visit, order: UUID, organisation: UUID) -> HttpResponse:
    """To the order that the cart became; what a request that was cut short began is taken up."""
    if visit.visitor.user is None:
        return lead_to_login(visit.request)
    for each in visit.visitor.active_memberships:
        if each.organisation.id == organisation and may_buy(each):
            if visit.posted:
                now = each.organisation.test_clock or visit.now
                resume_order(order=order, now=now, by=Buyer(each, "", "").by)
            return visit.redirect(order_page(order))
    raise NotFound


def welcome(visit: Visit, found: OpenCart) -> HttpResponse:
    """Who is not logged in does so, or opens an account, and comes back here (R10)."""
    back = urlencode({"next": visit.request.path})
    context = {
        "cart": found,
        "login": f"{reverse('account_login')}?{back}",
        "signup": f"{reverse('account_signup')}?{back}",
    }
    return visit.render("checkout/welcome.html", context)


def _forms(desk: Checkout) -> tuple[CardForm, NewBuyerForm]:
    saved = saved_cards(desk.buyer.place.id if desk.buyer else None)
    posted = desk.visit.request.POST if desk.visit.posted else None
    return CardForm(posted, saved=saved), new_buyer(desk)


def new_buyer(desk: Checkout) -> NewBuyerForm:
    """The form for an organisation that is opened for the cart."""
    visit = desk.visit
    posted = visit.request.POST if visit.posted else None
    new = NewBuyerForm(
        posted if desk.buyer is None else None,
        initial={
            "name": "" if desk.cart.audience == "business" else visit.user.name,
            "timezone": desk.zone_guessed,
            "language": visit.language,
        },
    )
    new.adapt(audience=desk.cart.audience, country=desk.cart.country)
    new.keep_zone(desk.zone_guessed)
    return new


def opened(desk: Checkout, form: NewBuyerForm) -> Buyer:
    """The organisation that is opened for the cart, or was by the other of two tabs."""
    visit, typed = desk.visit, form.cleaned_data
    organisation = open_organisation(
        cart=desk.cart.id,
        owner=visit.user,
        owner_name=visit.user.name or typed["name"],
        name=typed["name"],
        timezone=typed["timezone"],
        language=typed["language"],
        billing=form.billing(desk.cart.country),
        now=visit.now,
        by=visit.by,
    )
    if typed.get("vat_number"):
        look_up_now(organisation=organisation, now=visit.now)
    for each in memberships_of(visit.user.id):
        if each.organisation.id == organisation and may_buy(each):
            return Buyer(each, "", "")
    raise NotFound


@dataclass
class Page:
    """The page with what was typed."""

    desk: Checkout
    card: CardForm
    new: NewBuyerForm
    said: Said | None = None
    status: int = 200
    start: StartForm | None = None
    """Asked only of whom the law protects (R33)."""

    def __post_init__(self) -> None:
        if self.desk.deal.asks_start:
            visit = self.desk.visit
            self.start = StartForm(visit.request.POST if visit.posted else None)

    def answer(self) -> HttpResponse:
        """Show it, or order what it showed."""
        visit = self.desk.visit
        if not visit.posted:
            return self.show(asked=False)
        if "look" in visit.request.POST:
            return self.show(asked=False)
        if self._differs():
            self.status = 409
            return self.show(asked=True)
        if not self._complete():
            self.status = 422
            return self.show(asked=True)
        try:
            return once(visit, work=self._order, resume=self._resume)
        except (Refused, Invalid) as refused:
            return self._refused(refused)

    def _differs(self) -> bool:
        """Whether anything is not as the page showed it, which is then shown and asked again."""
        if self.desk.buyer_is_gone:
            return True
        before = read_seen(self.desk.visit.request.POST.get("seen", ""))
        return before is None or before != seen(self.desk.showing.priced, self.desk.deal)

    def _complete(self) -> bool:
        """Whether all is said that has to be."""
        total = self.desk.showing.priced.amounts.total
        forms: list[Form] = [self.card] if total else []
        forms += [self.new] if self.desk.buyer is None else []
        forms += [self.start] if self.start is not None else []
        wrong = [form for form in forms if not form.is_valid()]
        return not wrong

    def _order(self, asked: Asked) -> HttpResponse:
        desk = self.desk
        buyer = desk.buyer or opened(desk, self.new)
        priced = desk.showing.priced
        total = Money(priced.amounts.total, priced.cart.currency)
        purchase = Purchase(
            cart=desk.cart.id,
            cart_version=priced.cart.version,
            organisation=buyer.place.id,
            payment=self.card.payment if total else None,
            expected_total=total,
            start_at_once=self.start is not None,
            seen=Came(
                network=desk.visit.visitor.network_country,
                browser=desk.visit.visitor.guessed_country,
            ),
        )
        now = buyer.place.test_clock or desk.visit.now
        outcome = buy(purchase=purchase, now=now, by=buyer.by, asked=asked)
        desk.visit.visitor.enter_organisation(buyer.place.id)
        return desk.visit.redirect(after_paying(outcome.order))

    def _resume(self, order: UUID) -> HttpResponse:
        placed = order_of_cart(self.desk.cart.id)
        if placed is None or placed[0] != order:
            raise NotFound
        look_again(self.desk.visit)
        return lead_to_order(self.desk.visit, *placed)

    def _refused(self, refused: TenureError) -> HttpResponse:
        """The page again, as things are now: the organisation may have been opened meanwhile."""
        visit = self.desk.visit
        look_again(visit)
        again = Checkout(visit, cart_to_order(visit, self.desk.cart.id))
        page = Page(again, self.card, self.new, status=status_of(refused))
        if refused.code is not CART_CHANGED:
            page.said = said(refused, visit.language)
        return page.show(asked=True)

    def show(self, *, asked: bool) -> HttpResponse:
        """The page; ``asked``: an order was tried, and what differs from what it saw is named."""
        visit, desk = self.desk.visit, self.desk
        priced, now = desk.showing.priced, seen(desk.showing.priced, desk.deal)
        before = read_seen(visit.request.POST.get("seen", "")) if asked else None
        found = what_differs(before, now) if asked else desk.showing.differences
        offers = [*(line.offer for line in now.cart.lines), *(d.offer for d in found if d.offer)]
        names = Names(offers, visit.language)
        context: dict[str, Any] = {
            "desk": desk,
            "cart": shown(priced, names, visit.language, desk.deal.starts_on),
            "deal": desk.deal,
            "differences": [
                *in_words(found, priced, names, visit.language),
                *dates_differ(before, now, desk.deal),
                *self._buyer_differs(),
            ],
            "changed": asked and self.status == 409 and self.said is None,
            "said": self.said,
            "seen": carried(now),
            "card": self.card,
            "new": self.new,
            "start": self.start,
            "wide": WIDE,
            "methods": self._methods(),
            **self.card.shown,
        }
        return visit.render("checkout/checkout.html", context, status=self.status)

    def _buyer_differs(self) -> list[str]:
        """That somebody else buys than was chosen: nobody pays for another unasked."""
        if not (self.desk.buyer_is_gone and self.desk.visit.posted):
            return []
        return [gettext("The organisation that you chose cannot buy this; see who buys now.")]

    def _methods(self) -> dict[str, Any]:
        """How it can be paid, and what says no."""
        language = self.desk.visit.language
        card = self.desk.method(PaymentMethod.CARD)
        transfer = self.desk.method(PaymentMethod.BANK_TRANSFER)
        offered = PaymentMethod.BANK_TRANSFER in self.desk.showing.priced.policy.payment_methods.of(
            self.desk.cart.audience
        )
        return {
            "card": bool(card),
            "card_said": "" if card else told(card.code, card.figures, language),
            "transfer": offered,
            "by_transfer": bool(transfer),
            "transfer_said": "" if transfer else told(transfer.code, transfer.figures, language),
            "transfer_rule": transfer.code.rule,
        }
