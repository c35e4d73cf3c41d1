"""Staff settle what statements left open; refunds leave by SEPA and come back confirmed."""

from __future__ import annotations

from uuid import UUID

import pytest
from lxml import etree

from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import new_id
from tenure.billing.ledger.reports import account_balances
from tenure.billing.models import BankLine, BankPayout, NotACustomers, PayoutFile, Refund
from tenure.billing.queries.statements import (
    payout_files,
    payouts_to_send,
    refunds_to_send,
    statements,
    suggestions,
)
from tenure.billing.queries.statements import queue as queue_of_lines
from tenure.flows.bank_queue import assign_line, give_back, mark_not_ours, undo_line
from tenure.flows.clock import advance_clock
from tenure.flows.payouts import (
    approve_account,
    make_payout_file,
    mark_sent,
    write_payout_file,
)
from tenure.flows.purchase import withdraw_order
from tenure.flows.refunds import refund_order
from tenure.orders.models import Order
from tenure.organisations.models import Organisation
from tests.billing.statements import PAYER, Movement
from tests.flows.test_bank_import import EXPIRY, LATE, queue, status
from tests.flows.transfers import TOTAL, all_holds, by_transfer, imported, transfer_for
from tests.shop import START, customer, open_shop

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = "DE89370400440532013000"
WHO = {"now": START, "by": "staff:test"}


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def opened(amount: int = TOTAL, **more: object) -> UUID:
    """A line that names no order."""
    imported(Movement(amount, text="virement", **more))  # type: ignore[arg-type]  # a test's words
    return BankLine.objects.latest("id").id


def refused(call: object, **arguments: object) -> str:
    """The code with which a call is refused."""
    with pytest.raises(Refused) as refusal:
        call(**WHO, **arguments)  # type: ignore[operator]  # a flow
    return refusal.value.code.code


def test_money_without_a_reference_is_given_to_orders() -> None:
    company = customer()
    first, second = by_transfer(company), by_transfer(company)
    line = opened(TOTAL + 1000)
    assign_line(line=line, orders=[first, second], **WHO)
    assert (status(first), status(second)) == ("paid", "awaiting_transfer")
    assert queue() == []
    assert refused(assign_line, line=line, orders=[second]) == "bank_line_settled"
    all_holds()
    undo_line(line=line, **WHO)
    assert queue() == [("unknown", 1000)]
    assert refused(undo_line, line=line) == "bank_nothing_to_undo"
    all_holds()


def test_late_money_is_taken_by_staff_if_it_is_the_whole() -> None:
    company = customer()
    order = by_transfer(company)
    advance_clock(organisation=company.id, to=EXPIRY, by="test", sandbox=True)
    imported(transfer_for(order, 1000, day=LATE), transfer_for(order, day=LATE))
    small, whole = BankLine.objects.order_by("id").values_list("id", flat=True)
    assert refused(assign_line, line=small, orders=[order]) == "bank_order_needs_whole"
    Organisation.objects.filter(id=company.id).update(purged_at=START)
    assert refused(assign_line, line=whole, orders=[order]) == "organisation_purged"
    Organisation.objects.filter(id=company.id).update(purged_at=None)
    assign_line(line=whole, orders=[order], **WHO)
    row = Order.objects.get(id=order)
    assert (row.status, row.paid_on, row.closed_at) == ("paid", LATE, None)
    all_holds()


def test_what_cannot_be_assigned_says_why() -> None:
    company, other = customer(), customer(email="b@b.example")
    order, theirs = by_transfer(company), by_transfer(other)
    gone = by_transfer(company)
    withdraw_order(order=gone, now=START, by="test")
    line = opened()
    assert refused(assign_line, line=line, orders=[gone]) == "bank_order_not_waiting"
    assert refused(assign_line, line=line, orders=[order, theirs]) == "bank_order_not_waiting"
    BankLine.objects.update(currency="USD")
    assert refused(assign_line, line=line, orders=[order]) == "bank_other_currency"
    for orders in ([], [new_id()]):
        with pytest.raises(NotFound):
            assign_line(line=line, orders=orders, **WHO)
    with pytest.raises(NotFound):
        assign_line(line=new_id(), orders=[order], **WHO)


def test_money_goes_back_in_a_file_that_is_made_once() -> None:
    order = by_transfer(customer())
    imported(transfer_for(order, TOTAL + 1000))
    line = BankLine.objects.get().id
    payout = give_back(line=line, note="Trop-perçu", **WHO).ids[0]
    assert queue() == []
    all_holds()
    undo_line(line=line, **WHO)
    assert queue() == [("unknown", 1000)]
    payout = give_back(line=line, note="Trop-perçu", **WHO).ids[0]
    file = make_payout_file(**WHO).ids[0]
    assert refused(make_payout_file) == "payout_nothing_to_send"
    assert refused(undo_line, line=line) == "bank_nothing_to_undo"
    content = write_payout_file(file=file, **WHO)
    assert write_payout_file(file=file, **WHO) == content
    told = etree.fromstring(content)
    assert told.tag == "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}Document"
    assert told.findtext(".//{*}CdtrAcct//{*}IBAN") == PAYER
    assert told.findtext(".//{*}EndToEndId") == payout.hex
    assert told.findtext(".//{*}MsgId") == file.hex
    assert told.findtext(".//{*}CtrlSum") == "10.00"
    mark_sent(file=file, **WHO)
    mark_sent(file=file, **WHO)
    assert BankPayout.objects.get(id=payout).status == "sent"
    told = imported(Movement(-1000, end_to_end=payout.hex)).told
    assert told.noted == 1
    assert BankPayout.objects.get(id=payout).status == "done"
    assert queue() == []
    all_holds()


def test_money_under_a_customers_reference_is_theirs_until_it_is_back() -> None:
    """R31: as long as it is on its way, nothing of theirs is purged."""
    order = by_transfer(customer())
    imported(transfer_for(order))
    imported(transfer_for(order, 1000))
    twice = BankLine.objects.get(open__gt=0)
    payout = give_back(line=twice.id, note="Deux fois", **WHO).ids[0]
    whose = Order.objects.get(id=order).organisation_id
    assert BankPayout.objects.get(id=payout).organisation_id == whose
    all_holds()


def test_a_refund_goes_to_the_account_that_paid() -> None:
    order = by_transfer(customer())
    imported(transfer_for(order))
    refund_order(order=order, amount=None, reason="A gesture.", now=START, by="test")
    refund = Refund.objects.get()
    assert (refund.status, refund.iban) == ("to_send", PAYER)
    file = make_payout_file(**WHO).ids[0]
    mark_sent(file=file, **WHO)
    wrong = imported(Movement(-TOTAL + 1, end_to_end=refund.id.hex)).told
    assert wrong.unmatched == {"ambiguous": 1}
    imported(Movement(-TOTAL, text=f"VIR SEPA {file.hex}"))
    refund.refresh_from_db()
    assert refund.status == "done"
    all_holds()


def test_an_account_that_is_not_known_waits_for_staff() -> None:
    order = by_transfer(customer())
    imported(transfer_for(order, 100000), transfer_for(order, 44000, iban=OTHER))
    refund_order(order=order, amount=None, reason="A gesture.", now=START, by="test")
    refund = Refund.objects.get()
    assert (refund.status, refund.iban) == ("awaiting_iban", "")
    assert refused(make_payout_file) == "payout_nothing_to_send"
    with pytest.raises(Invalid):
        approve_account(refund=refund.id, iban="DE89370400440532013001", **WHO)
    approve_account(refund=refund.id, iban="DE89 3704 0044 0532 0130 00", **WHO)
    file = PayoutFile.objects.get(id=make_payout_file(**WHO).ids[0])
    assert (file.count, file.total) == (1, TOTAL)
    assert OTHER.encode() in bytes(file.content)
    assert refused(approve_account, refund=refund.id, iban=OTHER) == (
        "refund_not_waiting_for_account"
    )
    all_holds()


def balances() -> dict[str, int]:
    """What stands on each account."""
    return {each.account.value: each.amount for each in account_balances()}


def test_what_is_no_customers_is_marked_with_a_word() -> None:
    line = opened(iban="")
    assert refused(give_back, line=line, note="?") == "bank_sender_unknown"
    for note in (" ", "x" * 501):
        with pytest.raises(Invalid):
            mark_not_ours(line=line, note=note, **WHO)
    mark_not_ours(line=line, note="Intérêts", **WHO)
    assert queue() == []
    all_holds()
    undo_line(line=line, **WHO)
    assert queue() == [("unknown", TOTAL)]
    give_back(line=line, note="Erreur", iban=OTHER, name="Bob", **WHO)
    assert BankPayout.objects.get().iban == OTHER
    all_holds()
    for flow in (undo_line, give_back, mark_not_ours):
        note = {} if flow is undo_line else {"note": "x"}
        with pytest.raises(NotFound):
            flow(line=new_id(), **note, **WHO)
    for flow in (mark_sent, write_payout_file):
        with pytest.raises(NotFound):
            flow(file=new_id(), **WHO)
    with pytest.raises(NotFound):
        approve_account(refund=new_id(), iban=OTHER, **WHO)


def test_fees_and_payouts_of_cards_are_booked_as_such() -> None:
    line = opened(iban="")
    before = balances()
    mark_not_ours(line=line, note="Cards of May", kind=NotACustomers.PAYOUT, **WHO)
    assert balances()["card_clearing"] == before.get("card_clearing", 0) - TOTAL
    assert "suspense" not in balances()
    undo_line(line=line, **WHO)
    assert balances() == before
    mark_not_ours(line=line, note="A fee given back", kind=NotACustomers.FEE, **WHO)
    assert balances()["fees"] == -TOTAL
    all_holds()


def test_staff_see_what_waits_and_what_it_may_be_for() -> None:
    company, other = customer(), customer(email="b@b.example")
    by_account, by_amount = by_transfer(company), by_transfer(other)
    paid = by_transfer(company)
    imported(transfer_for(paid, iban=OTHER))
    opened(TOTAL, name="Someone", iban=OTHER)
    opened(1, name="Someone else", iban=OTHER)
    lines = queue_of_lines()
    assert [line.open for line in lines] == [TOTAL, 1]
    assert [line.open for line in queue_of_lines(after=lines[0].id)] == [1]
    found = suggestions([line.id for line in lines])
    assert [each.order for each in found[lines[0].id]] == [by_account, by_amount]
    (likely,) = found[lines[1].id]
    assert (likely.order, likely.same_payer, likely.same_amount) == (by_account, True, False)
    assert len(statements()) == 3
    refund_order(order=paid, amount=None, reason="A gesture.", now=START, by="test")
    give_back(line=lines[0].id, note="Erreur", **WHO)
    assert (len(refunds_to_send()), len(payouts_to_send())) == (1, 1)
    make_payout_file(**WHO)
    assert (len(refunds_to_send()), len(payouts_to_send())) == (0, 0)
    assert payout_files()[0].count == 2


def test_what_the_bank_took_is_given_to_nobody() -> None:
    order = by_transfer(customer())
    imported(Movement(-TOTAL, text="reprise", reversal=True, iban=PAYER))
    line = BankLine.objects.get().id
    assert refused(assign_line, line=line, orders=[order]) == "bank_line_out"
    assert refused(give_back, line=line, note="Back.") == "bank_line_out"
    assert queue() == [("taken_back", TOTAL)]
    assert status(order) == "awaiting_transfer"
    mark_not_ours(line=line, note="The first transfer was withdrawn.", **WHO)
    assert queue() == []
    all_holds()
