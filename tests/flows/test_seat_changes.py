"""R27: seats in mid-period, prorated by the day, as they are bought, paid, and come too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q, Sum

from tenure.access.models import Seat
from tenure.base.errors import Refused
from tenure.base.ids import new_id, parse_public_id
from tenure.base.money import Money
from tenure.billing.documents.content import MentionCode, parse
from tenure.billing.documents.facturx import render_xml
from tenure.billing.models import Document, Payment, Recognition, Refund
from tenure.events.journal import transaction
from tenure.events.models import Event
from tenure.flows.batches import BATCH
from tenure.flows.cancellation import NewCancellation, ask_cancellation, grant_cancellation
from tenure.flows.clock import advance_clock
from tenure.flows.placing import CardPayment, TransferPayment
from tenure.flows.purchase import authenticate, pay_order
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.seat_changes.adding import MoreSeats, add_seats
from tenure.flows.seat_changes.paying_back import pay_released_back
from tenure.flows.seats import assign_seat
from tenure.flows.verification import accept_proof
from tenure.flows.verify.run import verify
from tenure.notices.models import Mail
from tenure.orders.models import Order
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.models import Period, Renewal, SeatChange, Subscription
from tenure.support.models import Request
from tests.billing.official import objections
from tests.flows.transfers import TOTAL, by_transfer, imported, transfer_for
from tests.notices.made import make_all
from tests.shop import (
    START,
    clock_of,
    customer,
    fill_cart,
    open_shop,
    order_cart,
    owner_of,
    subscribe,
)

pytestmark = pytest.mark.django_db(transaction=True)


def advance(organisation: Organisation, days: int) -> None:
    """Move its clock to so many days after the start."""
    to = START + timedelta(days=days)
    advance_clock(organisation=organisation.id, to=to, by="test", sandbox=True)


def added(
    subscription: Subscription,
    quantity: int,
    payment: CardPayment | TransferPayment | None = None,
    **shown: object,
) -> Order:
    """The order for so many more seats, placed at the organisation's clock."""
    now = clock_of(subscription.organisation_id)
    assert now is not None
    wanted = MoreSeats(subscription.id, quantity, payment, **shown)  # type: ignore[arg-type]
    outcome = add_seats(wanted=wanted, now=now, by="test")
    return Order.objects.get(id=outcome.order)


def counts(subscription: Subscription) -> tuple[int, int, int, int]:
    """Its quantity, the next one, that of its last period, and its seats."""
    subscription.refresh_from_db()
    last = Period.objects.filter(subscription=subscription).latest("number")
    seats = Seat.objects.filter(subscription=subscription).count()
    return subscription.quantity, subscription.next_quantity, last.quantity, seats


def all_holds() -> None:
    """Everything that is always true."""
    assert {r.check.name: r.tally.failures for r in verify(now=START) if r.tally.failed} == {}


def test_seats_are_paid_for_the_rest_of_the_period() -> None:
    open_shop()
    company = customer()
    designers = subscribe(company, "designer-business", 5)
    advance(company, 100)  # 9 June 2027; the period has 366 days and 266 are left
    wanted, on = MoreSeats(designers.id, 2, CardPayment()), START + timedelta(days=100)
    with pytest.raises(Refused, match="acting_pays_nothing"):
        add_seats(wanted=wanted, now=on, by="staff:usr_x")
    order = added(designers, 2, start_at_once=True)  # by the card that was saved
    assert order.start_requested_at == on
    assert (order.status, order.total_net) == ("paid", round(120000 * 2 * 266 / 366))
    assert counts(designers) == (7, 7, 7, 7)
    invoice = Document.objects.get(order=order)
    (line,) = parse(invoice.content).lines
    assert (line.starts_on, line.ends_on) == (date(2027, 6, 9), date(2028, 2, 29))
    assert line.description == (
        "Places ajoutées à un abonnement annuel\N{NO-BREAK SPACE}: "
        "1\N{NARROW NO-BREAK SPACE}200,00\N{NO-BREAK SPACE}€ × 2 × 266 ÷ 366 jours, "
        "comptés depuis le 9\N{NO-BREAK SPACE}juin\N{NO-BREAK SPACE}2027"
    )
    (renews,) = [
        mention.text
        for mention in parse(invoice.content).mentions
        if mention.code is MentionCode.RENEWS
    ]
    assert renews == "2028-02-25"
    assert told(company, "subscription.seats_added") == [order.id]
    assert objections(render_xml(parse(invoice.content))) == []
    earned = Recognition.objects.get(document=invoice)
    assert (earned.starts_on, earned.ends_on) == (date(2027, 6, 9), date(2028, 3, 1))
    all_holds()
    make_all()
    mail = Mail.objects.filter(kind="order_paid").latest("id")
    assert invoice.number in str(mail.letter)
    assert "9 juin 2027" in str(mail.letter)


def test_seats_are_had_within_their_period_or_not_at_all() -> None:
    open_shop()
    company = customer()
    designers = subscribe(company, "designer-business", 5)
    choose_renewal(subscription=designers.id, auto_renew=False, now=START, by="test")
    advance(company, 10)
    (first, second) = (added(designers, 1, TransferPayment()) for _ in range(2))
    assert (first.status, counts(designers)) == ("awaiting_transfer", (5, 5, 5, 5))
    advance(company, 20)
    imported(transfer_for(first.id, first.total))
    assert counts(designers) == (6, 6, 6, 6)
    advance(company, 350)
    second.refresh_from_db()
    assert second.status == "expired"
    declined = added(designers, 3, CardPayment("tok_declined"))
    left, late = (added(designers, 3, CardPayment("tok_authenticate")) for _ in range(2))
    waiting = added(designers, 3, TransferPayment())
    ends_at = Period.objects.get(subscription=designers).ends_at
    now = clock_of(company.id) or START
    pay_order(order=declined.id, payment=TransferPayment(), now=now, by="test")
    declined.refresh_from_db()
    assert declined.status == "awaiting_transfer"
    assert {each.expires_at for each in (declined, left, late, waiting)} == {ends_at}
    assert refused_by(lambda: added(designers, 1, seats_seen=6)) == "seats_changed"
    assert (
        refused_by(lambda: added(designers, 1, expected_total=Money(1, "EUR"))) == "seats_changed"
    )
    assert added(designers, 3, seats_seen=9).id == late.id  # the other tab's (R16)
    advance(company, 367)
    assert [Order.objects.get(id=each.id).status for each in (declined, waiting)] == ["expired"] * 2
    card = CardPayment("tok_ok")
    assert (
        refused_by(lambda: pay_order(order=left.id, payment=card, now=ends_at, by="test"))
        == "seats_too_late"
    )
    step = Payment.objects.get(order=late)
    authenticate(payment=step.id, passed=True, now=ends_at, by="test")
    back = Refund.objects.get(order=late)
    assert (back.payment_id, back.amount, back.status) == (step.id, late.total, "intended")
    assert not Document.objects.filter(order=late).exists()
    assert told(company, "subscription.seats_too_late") == [late.id]
    advance(company, 368)
    back.refresh_from_db()
    assert (back.status, counts(designers)) == ("done", (6, 6, 6, 6))
    assert Order.objects.get(id=left.id).status == "expired"
    assert refused_by(lambda: added(designers, 1)) == "subscription_not_active"
    all_holds()


def refused_by(work: Callable[[], object]) -> str:
    """The code of a refusal."""
    with pytest.raises(Refused) as refusal:
        work()
    return refusal.value.code.code


def test_taken_back_alone_or_with_the_subscription() -> None:
    open_shop()
    company = customer()
    designers = subscribe(company, "designer-business", 2)
    owner = owner_of(company)
    assign_seat(subscription=designers.id, member=owner.id, now=START, by="test")
    advance(company, 3)
    choose_renewal(subscription=designers.id, next_quantity=1, now=START, by="test")
    soon = added(designers, 2)
    assert counts(designers) == (4, 3, 4, 4)
    assert cancelled(soon) == ("granted", soon.total)
    assert counts(designers) == (2, 1, 2, 2), "as it was chosen before they came"
    choose_renewal(subscription=designers.id, next_quantity=2, now=START, by="test")
    kept, gone = (added(designers, 2) for _ in range(2))
    choose_renewal(subscription=designers.id, next_quantity=5, now=START, by="test")
    assert cancelled(gone) == ("granted", gone.total)
    assert counts(designers) == (4, 4, 4, 4)
    note = Document.objects.get(order=gone, kind="credit_note")
    assert (note.total, note.corrects.order_id) == (gone.total, gone.id)
    assert SeatChange.objects.get(order=gone).undone_at is not None
    assert told(company, "subscription.seats_taken_back") == [soon.id, gone.id]
    waiting = added(designers, 1, TransferPayment())
    late = added(designers, 1, CardPayment("tok_authenticate"))
    first = Order.objects.get(kind="purchase")
    assert cancelled(first) == ("granted", first.total)
    kept.refresh_from_db()
    waiting.refresh_from_db()
    assert (kept.status, waiting.status) == ("cancelled", "withdrawn")
    refunds = Refund.objects.filter(status="done").values_list("order_id", "amount")
    assert set(refunds) == {(each.id, each.total) for each in (soon, kept, gone, first)}
    assert SeatChange.objects.get(order=kept).undone_at is not None
    assert refused_by(lambda: added(designers, 1)) == "subscription_not_active"
    now = clock_of(company.id)
    assert now is not None
    authenticate(payment=Payment.objects.get(order=late).id, passed=True, now=now, by="test")
    assert Refund.objects.get(order=late).amount == late.total
    all_holds()


def told(organisation: Organisation, type_: str) -> list[UUID]:
    """The orders of which the journal says so."""
    events = Event.objects.filter(organisation_id=organisation.id, type=type_)
    return [parse_public_id("ord", each.data["order"]) for each in events.order_by("sequence")]


def test_who_may_not_buy_so_adds_no_seats_so() -> None:
    """R8, R14: seats are bought like anything else."""
    open_shop()
    maker, student = customer(Audience.CREATOR), customer(Audience.STUDENT, email="s@x.example")
    designers = subscribe(maker, "designer-creator")
    transfer = TransferPayment()
    assert refused_by(lambda: added(designers, 1, transfer)) == "payment_method_not_for_audience"
    accept_proof(organisation=student.id, now=START, by="test")
    learning = subscribe(student, "designer-student")
    assert added(learning, 1).status == "paid"
    Organisation.objects.filter(id=student.id).update(verified_at=None)
    assert added(learning, 1).status == "awaiting_verification"


def cancelled(order: Order) -> tuple[str, int]:
    """Ask to cancel it: what became of that, and what goes back."""
    now = clock_of(order.organisation_id)
    assert now is not None
    written = ask_cancellation(new=NewCancellation(order.id, "fr"), now=now, by="test")
    request = Request.objects.get(id=written.ids[0])
    back = Refund.objects.filter(order=order).aggregate(sum=Sum("amount"))["sum"]
    return request.outcome, back


def test_the_next_period_is_paid_too_where_it_is_ordered() -> None:
    open_shop()
    company = customer()
    designers = subscribe(company, "designer-business", 5)
    advance(company, 363)  # charged two days ago; three days are left
    order = added(designers, 2)
    lines = list(order.lines.order_by("position").values_list("net", flat=True))
    assert lines == [round(120000 * 2 * 3 / 366), 240000]
    assert counts(designers) == (7, 7, 7, 7)
    said = parse(Document.objects.get(order=order).content).lines
    assert [(line.starts_on, line.ends_on) for line in said] == [
        (date(2028, 2, 27), date(2028, 2, 29)),
        (date(2028, 3, 1), date(2029, 2, 28)),
    ]
    assert said[1].description == "Places ajoutées à un abonnement annuel, pour sa période suivante"
    advance(company, 368)
    assert counts(designers) == (7, 7, 7, 7)
    assert cancelled(order) == ("granted", order.total)
    assert counts(designers) == (5, 5, 5, 5)
    all_holds()


def test_an_invoice_ahead_follows_the_seats_that_are_paid_or_taken_back_after_it() -> None:
    """R24, R27: whatever the order in which they come, the next period has them."""
    open_shop()
    payer = customer()
    imported(transfer_for(by_transfer(payer), TOTAL))
    designers = Subscription.objects.get(organisation=payer)
    seats = designers.quantity
    advance(payer, 330)
    before = [added(designers, more, TransferPayment()) for more in (1, 2)]
    advance(payer, 340)  # the renewal is invoiced ahead, for what is paid
    renewal = Renewal.objects.get(subscription=designers)
    first = Order.objects.get(id=renewal.order_id)
    assert (renewal.quantity, Document.objects.filter(order=first).count()) == (seats, 1)
    for order in before:
        imported(transfer_for(order.id, order.total))
    assert counts(designers)[:2] == (seats + 3, seats + 3)
    advance(payer, 341)
    renewal.refresh_from_db()
    first.refresh_from_db()
    assert (first.status, renewal.quantity) == ("withdrawn", seats + 3)
    assert Document.objects.filter(order=first, kind="credit_note").count() == 1
    assert cancelled(before[0])[0] == "granted"
    advance(payer, 342)
    renewal.refresh_from_db()
    assert renewal.quantity == seats + 2
    beside = added(designers, 4, CardPayment("tok_ok"))  # with a line for the next period
    paid = Order.objects.get(id=renewal.order_id)
    advance(payer, 343)
    renewal.refresh_from_db()
    assert (beside.lines.count(), renewal.order_id) == (2, paid.id)
    imported(transfer_for(paid.id, paid.total))
    advance(payer, 367)
    assert counts(designers) == 4 * (seats + 6,)
    all_holds()


def test_when_the_deadline_is_over_an_invoice_ahead_stays_as_it_is() -> None:
    """R24, R27: from its very instant on seats that are paid replace it no more."""
    open_shop()
    payer = customer()
    imported(transfer_for(by_transfer(payer), TOTAL))
    designers = Subscription.objects.get(organisation=payer)
    advance(payer, 330)
    more = added(designers, 1, TransferPayment())
    over = Period.objects.get(subscription=designers).opt_out_until
    assert over is not None
    advance_clock(organisation=payer.id, to=over, by="test", sandbox=True)
    before = Renewal.objects.values("order", "quantity").get()
    imported(transfer_for(more.id, more.total))
    soon = over + timedelta(seconds=1)
    advance_clock(organisation=payer.id, to=soon, by="test", sandbox=True)
    assert Renewal.objects.values("order", "quantity").get() == before
    assert counts(designers)[:2] == (2, 2)
    all_holds()


def test_what_was_paid_beside_a_renewal_that_is_ordered_anew_goes_back() -> None:
    open_shop()
    payer = customer()
    first = by_transfer(payer)
    imported(transfer_for(first, TOTAL))
    designers = Subscription.objects.get(organisation=payer)
    advance(payer, 340)  # the renewal is invoiced ahead
    order = added(designers, 2, CardPayment("tok_ok"))
    assert order.lines.count() == 2
    assert SeatChange.objects.filter(order=order, released_at=None).count() == 2
    renewal = Renewal.objects.get(subscription=designers)
    ahead = renewal.quantity
    other = customer(email="eve@elsewhere.example")  # what they have in flight blocks nobody here
    order_cart(other, fill_cart(other, ("designer-business", 1)), "tok_authenticate")
    now = clock_of(payer.id)
    assert now is not None
    choose_renewal(
        subscription=designers.id, next_quantity=designers.quantity + 3, now=now, by="test"
    )
    advance(payer, 341)
    released = SeatChange.objects.get(order=order, for_next=True)
    assert released.undone_at is not None
    advance(payer, 342)
    back = Refund.objects.get(order=order)
    assert (back.amount, back.status) == (released.order_line.gross, "done")
    renewal.refresh_from_db()
    assert (ahead, renewal.quantity) == (designers.quantity, designers.quantity + 3)
    again = Order.objects.get(id=renewal.order_id)
    imported(transfer_for(again.id, again.total))
    advance(payer, 367)
    assert counts(designers)[0] == renewal.quantity
    all_holds()
    released_again(released, 51)
    with transaction(now=START, by="test") as journal:
        taken = [pay_released_back(Q(), START, journal) for _ in range(3)]
    assert taken == [BATCH, 1, 0], "a full round says that there may be more"


def test_what_was_paid_beside_a_renewal_counts_for_what_is_chosen_and_goes_back_at_the_end() -> (
    None
):
    """R26, R27, R30: as many as are chosen, and nothing is kept for a period that never begins."""
    open_shop()
    payer = customer()
    first = by_transfer(payer)
    imported(transfer_for(first, TOTAL))
    designers = Subscription.objects.get(organisation=payer)
    seats = designers.quantity
    advance(payer, 340)  # the renewal is invoiced ahead
    beside = added(designers, 2, CardPayment("tok_ok"))
    now = clock_of(payer.id)
    assert now is not None
    choose_renewal(subscription=designers.id, next_quantity=seats, now=now, by="test")
    renewal = Renewal.objects.get(subscription=designers)
    assert renewal.quantity == seats
    assert SeatChange.objects.get(order=beside, for_next=True).released_at == now
    later = added(designers, 1, CardPayment("tok_ok"))
    advance(payer, 358)  # their windows are closed
    asked = ask_cancellation(new=NewCancellation(Order.objects.get(id=first).id, "fr"), **at(payer))
    grant_cancellation(request=asked.ids[0], **at(payer))
    advance(payer, 359)
    for order in (beside, later):
        (this, following) = order.lines.order_by("position")
        assert Refund.objects.get(order=order).amount == following.gross
        assert Order.objects.get(id=order.id).status == "paid"
        assert this.gross
    all_holds()


def at(organisation: Organisation) -> dict[str, Any]:
    """When and by whom something is done, by its clock."""
    return {"now": clock_of(organisation.id), "by": "test"}


def released_again(change: SeatChange, times: int) -> None:
    """So many orders like that of a released line, which were never paid."""
    change.undone_at, change.released_at = None, START
    for _ in range(times):
        order, line = change.order, change.order_line
        order.pk = order.id = new_id()
        order.save(force_insert=True)
        line.pk = line.id = new_id()
        line.order = order
        line.save(force_insert=True)
        change.pk = change.id = new_id()
        change.order, change.order_line = order, line
        change.save(force_insert=True)
