"""Statements find their orders: whole, partial, surplus, late, twice, several at once (R15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from tenure.billing.bank.reference import in_groups, reference_of
from tenure.billing.documents.content import parse
from tenure.billing.documents.epc import epc_qr
from tenure.billing.models import (
    BankAllocation,
    BankImport,
    BankLine,
    BankStagedLine,
    Document,
    Payment,
)
from tenure.billing.queries.transfers import awaited
from tenure.catalogue.file import parse_catalogue
from tenure.events.models import Event
from tenure.flows.catalogue_import import import_file
from tenure.flows.clock import advance_clock
from tenure.flows.purchase import CardPayment, pay_order, withdraw_order
from tenure.orders.models import Order
from tenure.subscriptions.models import Period
from tests.billing.statements import Movement, camt
from tests.flows.transfers import TOTAL, all_holds, by_transfer, imported, read_in, transfer_for
from tests.shop import CATALOGUE, START, customer, open_shop

pytestmark = pytest.mark.django_db(transaction=True)

LATE: Final = date(2027, 4, 1)
DOLLARS: Final = "GB33BUKB20201555555555"
EXPIRY: Final = datetime(2027, 3, 31, 22, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def queue() -> list[tuple[str, int]]:
    """What waits for staff: why, and how much."""
    rows = BankLine.objects.filter(open__gt=0).order_by("id")
    return list(rows.values_list("outcome", "open"))


def status(order: object) -> str:
    """Where an order stands."""
    return Order.objects.get(id=order).status


def test_a_transfer_pays_its_order_and_the_period_begins_that_day() -> None:
    company = customer()
    order = by_transfer(company)
    later = START + timedelta(days=9)
    advance_clock(organisation=company.id, to=later, by="test", sandbox=True)
    told = imported(transfer_for(order)).told
    assert (told.lines, told.matched, told.unknown, told.already_read) == (1, 1, 0, 0)
    row = Order.objects.get(id=order)
    assert (row.status, row.paid_on, row.paid_at) == ("paid", date(2027, 3, 10), later)
    assert Period.objects.get().starts_on == date(2027, 3, 10)
    assert Payment.objects.get().status == "captured"
    assert queue() == []
    kinds = Document.objects.order_by("issued_at").values_list("kind", flat=True)
    assert list(kinds) == ["pro_forma", "invoice"]
    all_holds()


def test_the_same_statement_twice_counts_once() -> None:
    order, other = by_transfer(customer()), by_transfer(customer(email="b@b.example"))
    first = imported(transfer_for(order), Movement(-500, text="FRAIS"))
    again = imported(transfer_for(order), Movement(-500, text="FRAIS"))
    assert (again.told.lines, again.told.already_read, again.told.matched) == (2, 2, 0)
    overlapping = imported(Movement(-500, text="FRAIS"), transfer_for(other))
    assert (overlapping.told.already_read, overlapping.told.matched) == (1, 1)
    assert BankLine.objects.count() == 3
    assert first.told.noted == 1
    all_holds()


def test_equal_lines_of_one_day_are_as_many_as_the_bank_lists() -> None:
    coin = Movement(100, text="DON")
    assert imported(coin, coin).told.unknown == 2
    assert imported(coin, coin, coin).told.already_read == 2
    with_reference = replace(coin, bank="B1")
    assert imported(with_reference).told.unknown == 1
    assert imported(replace(with_reference, text="worded anew")).told.already_read == 1


def test_too_little_waits_on_and_says_what_is_missing() -> None:
    order = by_transfer(customer())
    told = imported(transfer_for(order, 100000)).told
    assert (told.partial, told.matched) == (1, 0)
    assert status(order) == "awaiting_transfer"
    assert awaited([order])[order].missing == 44000
    assert Document.objects.filter(kind="receipt").count() == 1
    all_holds()
    assert imported(transfer_for(order, 44000)).told.matched == 1
    assert status(order) == "paid"
    all_holds()


def test_too_much_pays_and_the_rest_waits_for_staff() -> None:
    order = by_transfer(customer())
    assert imported(transfer_for(order, TOTAL + 1000)).told.surplus == 1
    assert status(order) == "paid"
    assert queue() == [("surplus", 1000)]
    assert imported(transfer_for(order, day=date(2027, 3, 6))).told.unmatched == {"duplicate": 1}
    assert queue() == [("surplus", 1000), ("duplicate", TOTAL)]
    all_holds()


def test_the_booking_date_decides_not_the_day_of_the_import() -> None:
    company = customer()
    in_time, late = by_transfer(company), by_transfer(company)
    advance_clock(organisation=company.id, to=EXPIRY, by="test", sandbox=True)
    assert (status(in_time), status(late)) == ("expired", "expired")
    told = imported(transfer_for(in_time, day=date(2027, 3, 31)), transfer_for(late, day=LATE)).told
    assert (told.matched, told.unmatched) == (1, {"late": 1})
    assert (status(in_time), status(late)) == ("paid", "expired")
    assert Period.objects.get().starts_on == LATE
    assert queue() == [("late", TOTAL)]
    all_holds()


def test_parts_booked_in_time_revive_an_order_together() -> None:
    company = customer()
    order = by_transfer(company)
    assert imported(transfer_for(order, 100000)).told.partial == 1
    advance_clock(organisation=company.id, to=EXPIRY, by="test", sandbox=True)
    assert queue() == [("order_closed", 100000)]
    all_holds()
    assert imported(transfer_for(order, 1000)).told.unmatched == {"order_closed": 1}
    assert imported(transfer_for(order, 44000, day=date(2027, 3, 30))).told.surplus == 1
    assert status(order) == "paid"
    assert queue() == [("surplus", 1000)]
    all_holds()


def test_dollars_come_in_parts_to_the_account_in_dollars() -> None:
    """R15: another currency needs an account of its own; what comes in euros is for staff."""
    opened = "accounts: [{currency: USD, iban: GB33BUKB20201555555555, bic: BUKBGB22}]}"
    source = CATALOGUE.replace("timezone: Europe/Paris}", f"timezone: Europe/Paris, {opened}")
    import_file(file=parse_catalogue(source), source=source, now=START, by="command")
    american = customer(country="US", timezone="America/New_York")
    order = by_transfer(american)
    asked = awaited([order])[order]
    assert (asked.iban, asked.currency, asked.amount) == (DOLLARS, "USD", 130000)
    paper = parse(Document.objects.get(order=order, kind="pro_forma").content.encode())
    assert epc_qr(paper) is None
    assert imported(transfer_for(order, 130000)).told.unmatched == {"wrong_currency": 1}
    parts = [
        transfer_for(order, amount, day=day, bank=bank)
        for amount, day, bank in (
            (30000, date(2027, 3, 31), "A"),
            (100000, LATE, "B"),
            (100000, date(2027, 3, 31), "C"),
        )
    ]
    for part, seen in zip(parts, ("partial", "unknown", "matched"), strict=True):
        told = read_in(camt([part], iban=DOLLARS, currency="USD")).told
        assert getattr(told, seen) == 1, (part, told)
    assert status(order) == "paid"
    assert queue() == [("wrong_currency", 130000), ("late", 100000)]
    all_holds()


def test_one_transfer_pays_several_orders_to_the_last_cent_or_none() -> None:
    company = customer()
    first, second, third = (by_transfer(company) for _ in range(3))
    text = f"Factures {in_groups(reference_of(first))} et {reference_of(second).lower()}"
    assert imported(Movement(2 * TOTAL, text=text)).told.matched == 1
    assert (status(first), status(second)) == ("paid", "paid")
    text = f"{reference_of(second)} {reference_of(third)}"
    assert imported(Movement(TOTAL, text=text)).told.unmatched == {"ambiguous": 1}
    assert status(third) == "awaiting_transfer"
    all_holds()


def test_what_names_no_order_is_for_staff() -> None:
    order = by_transfer(customer())
    withdrawn = by_transfer(customer(email="b@b.example"))
    withdraw_order(order=withdrawn, now=START, by="test")
    wrong = reference_of(order)[:-1] + ("0" if reference_of(order)[-1] != "0" else "1")
    told = imported(
        Movement(TOTAL, text="sans référence"),
        Movement(TOTAL, text=wrong),
        transfer_for(withdrawn),
        Movement(-TOTAL, text="reprise", reversal=True),
        Movement(TOTAL, text="retour", reversal=True),
        replace(transfer_for(order), status="PDNG"),
    ).told
    assert told.unmatched == {"unknown": 2, "not_waited_for": 1, "taken_back": 1, "returned": 1}
    assert told.lines == 5
    assert status(order) == "awaiting_transfer"
    all_holds()


def test_an_order_paid_by_card_meanwhile_lets_go_of_its_money() -> None:
    order = by_transfer(customer())
    imported(transfer_for(order, 50000))
    pay_order(order=order, payment=CardPayment("tok_ok"), now=START, by="test")
    assert queue() == [("order_closed", 50000)]
    assert BankAllocation.objects.get().undone_at == START
    all_holds()


def test_orders_by_the_machines_clock_are_matched_together() -> None:
    now = datetime(2027, 3, 1, 9, tzinfo=UTC)
    orders = [by_transfer(customer(email=f"c{n}@c.example", clock=None), now=now) for n in range(3)]
    assert imported(*(transfer_for(order) for order in orders)).told.matched == 3
    assert {status(order) for order in orders} == {"paid"}
    types = Event.objects.filter(type="transfer.matched")
    assert types.count() == 3
    assert BankStagedLine.objects.count() == 0
    assert BankImport.objects.get().new == 3
    all_holds()
