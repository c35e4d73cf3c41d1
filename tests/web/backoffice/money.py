"""A back office with money on every page: awaited, unmatched, on its way back, quoted, earned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tenure.base.calendar import Term
from tenure.base.ids import public_id
from tenure.billing.models import BankImport, BankLine, Document, Refund
from tenure.flows.bank_queue import give_back, mark_not_ours
from tenure.flows.external import record_external
from tenure.flows.payouts import make_payout_file
from tenure.flows.quotes import QuotedLine, quote_by_staff
from tenure.flows.refunds import refund_order
from tenure.organisations.models import Organisation
from tenure.subscriptions.commands.recording import Recorded
from tests.billing.statements import Movement
from tests.flows.transfers import TOTAL, by_transfer, imported, transfer_for
from tests.shop import START

OTHER = "DE89370400440532013000"
BY = "staff:usr_01h455vb4pex5vsknk084sn02q"


@dataclass(frozen=True)
class Till:
    """One of each thing that the pages about money look at."""

    waiting: UUID
    paid: UUID
    line: UUID
    refund: UUID
    file: UUID
    statement: UUID
    draft: UUID
    sent: UUID
    external: UUID
    invoice: UUID

    def paths(self, organisation: UUID) -> list[str]:
        """Every page that is looked at."""
        org, line = public_id("org", organisation), public_id("bnl", self.line)
        words = [
            f"orders/{public_id('ord', self.paid)}",
            f"orders/{public_id('ord', self.paid)}/refund",
            "money",
            "money/transfers",
            "money/statements",
            f"money/statements/{public_id('stm', self.statement)}",
            "money/unmatched",
            "money/unmatched?state=settled",
            f"money/unmatched/{line}",
            "money/refunds",
            "money/refunds/all",
            f"money/refunds/{public_id('ref', self.refund)}/account",
            "money/papers",
            "money/papers?kind=invoice&series=TINV&q=2027",
            "money/revenue",
            "quotes",
            "quotes?status=draft",
            f"quotes/{public_id('quo', self.draft)}",
            f"quotes/{public_id('quo', self.sent)}",
            f"customers/{org}/quote",
            f"customers/{org}/record",
            f"subscriptions/{public_id('sub', self.external)}/extend",
        ]
        return [f"/backoffice/{word}" for word in words]


def quoted(organisation: Organisation, *, send: bool) -> UUID:
    """A quote by staff."""
    line = QuotedLine("bench-business", Term.YEAR, 12, 90000)
    return quote_by_staff(
        organisation=organisation.id,
        lines=[line],
        reason="They asked for twelve.",
        send=send,
        now=START,
        by=BY,
    ).ids[0]


def till(organisation: Organisation) -> Till:
    """Everything once."""
    paid, parts = by_transfer(organisation), by_transfer(organisation)
    waiting = by_transfer(organisation)
    imported(
        transfer_for(paid, TOTAL + 1000),
        transfer_for(parts, 100000),
        transfer_for(parts, TOTAL - 100000, iban=OTHER),
        transfer_for(waiting, 40000),
    )
    surplus = BankLine.objects.get(open__gt=0).id
    give_back(line=surplus, note="Trop-perçu", now=START, by=BY)
    refund_order(order=paid, amount=None, reason="A gesture.", now=START, by=BY)
    file = make_payout_file(now=START, by=BY).ids[0]
    refund_order(order=parts, amount=None, reason="They changed their mind.", now=START, by=BY)
    imported(
        Movement(TOTAL - 40000, text="virement", name=organisation.name),
        Movement(1234, text="INTERETS CREDITEURS", name="La Banque", iban=""),
    )
    queue = BankLine.objects.filter(open__gt=0).order_by("id")
    interest, line = queue.get(amount=1234).id, queue.get(amount=TOTAL - 40000).id
    mark_not_ours(line=interest, note="Interest.", now=START, by=BY)
    recorded = Recorded("bench-business", Term.YEAR, 2, date(2027, 2, 1), 1, "Contract 12")
    external = record_external(organisation=organisation.id, recorded=recorded, now=START, by=BY)
    return Till(
        waiting=waiting,
        paid=paid,
        line=line,
        refund=Refund.objects.get(status="awaiting_iban").id,
        file=file,
        statement=BankImport.objects.latest("id").id,
        draft=quoted(organisation, send=False),
        sent=quoted(organisation, send=True),
        external=external.ids[0],
        invoice=Document.objects.filter(kind="invoice").latest("id").id,
    )
