"""What stands between an organisation and its purge (R31)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.base.calendar import zone_named
from tenure.base.verdicts import Verdict
from tenure.events.rows import AMONG, read_values
from tenure.subscriptions.queries.retention import DataEnd, data_ends
from tenure.subscriptions.rules.retention import PurgeFacts, purge_verdict

AWAITS_MONEY: Final = """
    EXISTS (
        SELECT FROM orders_order AS waiting
        WHERE waiting.organisation_id = organisation.id
          AND (waiting.status IN ('awaiting_transfer', 'awaiting_verification',
                                  'authentication_required', 'payment_unknown')
               OR waiting.status = 'declined' AND waiting.kind <> 'purchase')
    )
"""
"""Whether an order or a renewal awaits its money; what was declined at a checkout does not."""

OPEN_REQUEST: Final = """
    EXISTS (
        SELECT FROM support_request AS asked
        WHERE asked.organisation_id = organisation.id AND asked.status = 'open'
    )
"""

UNSETTLED_MONEY: Final = """
    (EXISTS (
        SELECT FROM billing_refund AS refund
        WHERE refund.organisation_id = organisation.id AND refund.status <> 'done'
          AND NOT (refund.status = 'failed' AND EXISTS (
              SELECT FROM billing_refund AS later
              WHERE later.order_id = refund.order_id AND later.id > refund.id
                AND later.status <> 'failed'
          ))
    ) OR EXISTS (
        SELECT FROM billing_bankpayout AS payout
        WHERE payout.organisation_id = organisation.id AND payout.status IN ('to_send', 'sent')
    ) OR EXISTS (
        SELECT FROM billing_bankline AS line
        WHERE line.open > 0 AND (
            EXISTS (
                SELECT FROM billing_bankallocation AS part
                WHERE part.line_id = line.id AND part.organisation_id = organisation.id
            ) OR EXISTS (
                SELECT FROM billing_transferreference AS named
                WHERE named.organisation_id = organisation.id
                  AND named.reference = ANY (line."references")
            )
        )
    ))
"""
"""Whether money is unmatched or not yet paid back; what failed once is, when a later one did not.
"""

_WAITING: Final = f"""
    SELECT organisation.id, {AWAITS_MONEY}, {OPEN_REQUEST}, {UNSETTLED_MONEY}
    FROM organisations_organisation AS organisation
    WHERE organisation.id {AMONG}
"""  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class Standing:
    """What an organisation's data wait for; ``end`` is None for who never had a subscription."""

    end: DataEnd | None
    awaits_money: bool = False
    open_request: bool = False
    unsettled_money: bool = False

    def verdict(self, at: datetime) -> Verdict | None:
        """Whether the data are due to go at ``at``; None where nothing was ever kept."""
        if self.end is None:
            return None
        facts = PurgeFacts(
            has_subscription=self.end.runs,
            data_until=self.end.until_on,
            awaits_money=self.awaits_money,
            open_request=self.open_request,
            unsettled_money=self.unsettled_money,
        )
        return purge_verdict(facts, at=at, zone=zone_named(self.end.zone))


def standings(organisations: Collection[UUID], at: datetime) -> dict[UUID, Standing]:
    """What the data of each organisation wait for at ``at``; two statements for any number."""
    ends = data_ends(organisations, at)
    return {
        organisation: Standing(ends.get(organisation), *waits)
        for organisation, *waits in read_values(_WAITING, [list(organisations)])
    }
