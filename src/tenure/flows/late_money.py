"""Money that came for what can no longer be given goes back whole, by the way it came.

A plain step of the settlement; recovery carries the refunds out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from tenure.base.clock import machine_now
from tenure.base.money import Money
from tenure.base.verdicts import Code
from tenure.base.wording import sentence
from tenure.billing.commands.refunds import NewRefund, intend_refunds
from tenure.billing.models import Payment
from tenure.events.journal import Journal
from tenure.flows.documents.facts import Bought


def give_back_whole(
    *, bought: Sequence[Bought], paid_by: Mapping[UUID, Payment], why: Code, journal: Journal
) -> None:
    """Intend to give back all that was just paid for the locked orders, with the reason ``why``."""
    journal.write()  # the payments are read again, as captured
    refunds = [
        NewRefund(
            paid_by[each.order.id].id,
            Money(each.order.total, each.order.currency),
            sentence(why, {}, each.buyer.language),
        )
        for each in bought
        if each.order.total
    ]
    intend_refunds(refunds=refunds, called_at=machine_now(), journal=journal)
