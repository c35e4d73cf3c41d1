"""Money that waits for staff: how much of which kind, and the lists behind it (R15, R30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from tenure.base.errors import NotFound
from tenure.base.money import Money
from tenure.billing.models import (
    BankAllocation,
    BankImport,
    BankLine,
    BankPayout,
    BankResolution,
    Refund,
    TransferReference,
)
from tenure.billing.queries.statements import Suggestion, suggestions
from tenure.billing.queries.transfers import Awaited, awaited
from tenure.events.rows import read_values
from tenure.orders.models import Order, OrderStatus
from tenure.support.queries.journal import names_of_actors
from tenure.support.queries.lists import Listed, newest_first, oldest_first


@dataclass(frozen=True, slots=True)
class Pile:
    """How many of a kind wait, and what they come to in each currency."""

    count: int = 0
    sums: tuple[Money, ...] = ()


KINDS: Final = ("transfers", "unmatched", "accounts", "refunds", "files", "papers", "quotes")


def piles() -> dict[str, Pile]:
    """What waits, by ``KINDS``; one statement."""
    found = {kind: Pile() for kind in KINDS}
    for kind, currency, count, amount in read_values(_PILES, []):
        before = found[kind]
        found[kind] = Pile(before.count + count, (*before.sums, Money(amount, currency)))
    return found


_PILES: Final = """
    SELECT 'transfers', waiting.currency, count(*)::int,
           sum(waiting.total - coalesce(came.amount, 0))::bigint
    FROM orders_order AS waiting
    CROSS JOIN LATERAL (
        SELECT sum(amount) AS amount FROM billing_bankallocation AS share
        WHERE share.order_id = waiting.id AND share.undone_at IS NULL
    ) AS came
    WHERE waiting.status = 'awaiting_transfer' GROUP BY waiting.currency
    UNION ALL
    SELECT 'unmatched', currency, count(*)::int, sum(open)::bigint
    FROM billing_bankline WHERE open > 0 AND matched_at IS NOT NULL GROUP BY currency
    UNION ALL
    SELECT 'accounts', currency, count(*)::int, sum(amount)::bigint
    FROM billing_refund WHERE status = 'awaiting_iban' GROUP BY currency
    UNION ALL
    SELECT 'refunds', currency, count(*)::int, sum(amount)::bigint
    FROM (
        SELECT currency, amount FROM billing_refund WHERE status = 'to_send' AND file_id IS NULL
        UNION ALL
        SELECT currency, amount FROM billing_bankpayout
        WHERE status = 'to_send' AND file_id IS NULL
    ) AS leaving GROUP BY currency
    UNION ALL
    SELECT 'files', currency, count(*)::int, sum(total)::bigint
    FROM billing_payoutfile WHERE sent_at IS NULL GROUP BY currency
    UNION ALL
    SELECT 'papers', currency, count(*)::int, sum(total)::bigint
    FROM billing_documentdelivery AS delivery
    JOIN billing_document AS document ON document.id = delivery.document_id
    WHERE delivery.status = 'rejected' GROUP BY currency
    UNION ALL
    SELECT 'quotes', currency, count(*)::int, sum(total)::bigint
    FROM orders_quote WHERE status IN ('draft', 'sent') GROUP BY currency
    ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """An order that waits for a transfer, with what is still missing."""

    order: Order
    transfer: Awaited

    @property
    def amount(self) -> Money:
        """The whole."""
        return Money(self.transfer.amount, self.transfer.currency)

    @property
    def missing(self) -> Money:
        """What did not come yet."""
        return Money(self.transfer.missing, self.transfer.currency)


def expected_transfers(after: UUID | None = None) -> Listed[Expected]:
    """Orders that wait for a transfer, the oldest first; two statements for any number."""
    rows = Order.objects.filter(status=OrderStatus.AWAITING_TRANSFER)
    found = oldest_first(rows.select_related("organisation"), after)
    transfers = awaited([row.id for row in found.rows])
    shown = [Expected(row, transfers[row.id]) for row in found.rows if row.id in transfers]
    return Listed(shown, found.last)


def statement_files(before: UUID | None = None) -> Listed[tuple[BankImport, str]]:
    """The files that were read, the newest first, each with who read it; two statements."""
    found = newest_first(BankImport.objects.filter(done_at__isnull=False), before)
    names = names_of_actors({row.by for row in found.rows})
    return Listed([(row, names.get(row.by, row.by)) for row in found.rows], found.last)


def statement_file(statement: UUID) -> BankImport:
    """One file that was read. Raises ``NotFound``."""
    found = BankImport.objects.filter(id=statement, done_at__isnull=False).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Likely:
    """An order that a line's money may be for, and why."""

    suggestion: Suggestion

    @property
    def missing(self) -> Money:
        """What the order misses."""
        return Money(self.suggestion.missing, self.suggestion.currency)


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of a statement with the orders that its money may be for."""

    line: BankLine
    likely: Sequence[Likely] = ()

    @property
    def amount(self) -> Money:
        """All of its money."""
        return Money(self.line.amount, self.line.currency)

    @property
    def open(self) -> Money:
        """What of it has found no place."""
        return Money(self.line.open, self.line.currency)


def open_lines(after: UUID | None = None) -> Listed[OpenLine]:
    """What matching left for staff, the oldest first; two statements for any number."""
    rows = BankLine.objects.filter(open__gt=0, matched_at__isnull=False)
    found = oldest_first(rows, after)
    likely = suggestions([row.id for row in found.rows])
    shown = [OpenLine(row, [Likely(s) for s in likely.get(row.id, ())]) for row in found.rows]
    return Listed(shown, found.last)


def settled_lines(before: UUID | None = None) -> Listed[OpenLine]:
    """What staff settled, the newest first; one statement."""
    of_line = {"line": OuterRef("pk")}
    by_staff = BankAllocation.objects.filter(**of_line, by__startswith="staff:")
    rows = BankLine.objects.filter(
        Exists(by_staff)
        | Exists(BankPayout.objects.filter(**of_line))
        | Exists(BankResolution.objects.filter(**of_line))
    )
    found = newest_first(rows, before)
    return Listed([OpenLine(row) for row in found.rows], found.last)


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done with some of a line's money, by whom; ``undone_by`` says who took it back."""

    how: str
    amount: Money
    at: object
    by: str
    note: str
    order: Order | None
    undone_by: str
    undoable: bool


def line_with_deeds(line: UUID) -> tuple[OpenLine, list[Deed]]:
    """One line and all that was done with it; six statements. Raises ``NotFound``."""
    row = BankLine.objects.select_related("statement").filter(id=line).first()
    if row is None:
        raise NotFound
    likely = suggestions([row.id]).get(row.id, ())
    shares = BankAllocation.objects.filter(line=row).select_related("order__organisation")
    payouts = BankPayout.objects.filter(line=row)
    words = BankResolution.objects.filter(line=row)
    made: list[BankAllocation | BankPayout | BankResolution] = []
    made += shares.select_related("payment")
    made += payouts
    made += words
    by = {each.created_by if isinstance(each, BankPayout) else each.by for each in made}
    by |= {each.undone_by for each in made if not isinstance(each, BankPayout)}
    names = names_of_actors(by)
    deeds = [_deed(each, row, names) for each in sorted(made, key=lambda each: each.id)]
    return OpenLine(row, [Likely(each) for each in likely]), deeds


def _deed(
    each: BankAllocation | BankPayout | BankResolution, line: BankLine, names: Mapping[str, str]
) -> Deed:
    amount = Money(each.amount, line.currency)
    if isinstance(each, BankPayout):
        by = names.get(each.created_by, each.created_by)
        waits = each.status == "to_send" and each.file_id is None
        how = "withdrawn" if each.status == "withdrawn" else "given_back"
        return Deed(how, amount, each.created_at, by, each.reason, None, "", waits)
    by, undone = names.get(each.by, each.by), names.get(each.undone_by, each.undone_by)
    if isinstance(each, BankResolution):
        return Deed("not_ours", amount, each.at, by, each.note, None, undone, not undone)
    waits = not undone and each.payment.status == "awaiting_transfer"
    return Deed("assigned", amount, each.at, by, "", each.order, undone, waits)


def orders_referred_to(words: Sequence[str]) -> dict[str, UUID]:
    """The orders that transfer references name, by the reference without blanks; one statement."""
    rows = TransferReference.objects.filter(reference__in=list(words))
    return dict(rows.values_list("reference", "order_id"))


def all_refunds(before: UUID | None = None) -> Listed[Refund]:
    """Every refund, the newest first, with whose it is; one statement."""
    rows = Refund.objects.select_related("organisation", "order")
    return newest_first(rows, before)


def refund_of(refund: UUID) -> Refund:
    """One refund with whose it is. Raises ``NotFound``."""
    found = Refund.objects.select_related("organisation").filter(id=refund).first()
    if found is None:
        raise NotFound
    return found


def refunds_of_order(order: UUID) -> list[Refund]:
    """What was given back of an order, oldest first; one statement."""
    return list(Refund.objects.filter(Q(order=order)).order_by("id"))
