"""What a consumer in the EU can withdraw from now, for the button that is always there (R33)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tenure.base.calendar import end_of_day_instant, last_day_within, zone_named
from tenure.base.countries import in_eu
from tenure.orders.models import Order, OrderKind, OrderStatus
from tenure.orders.queries.policy import policy_numbered
from tenure.policy.words import Audience

_LONGEST: Final = timedelta(days=100)
"""Further back no window is looked for: the law's is 14 days, and a longer one is no button."""


def withdrawable_orders(
    organisation: UUID, *, audience: str, country: str, timezone: str, at: datetime
) -> list[UUID]:
    """The paid purchases whose policy gives a right of withdrawal that is open at ``at``, the
    newest first. One statement for consumers in the EU, none for everybody else."""
    kind = Audience(audience)
    if not kind.is_consumer or not in_eu(country):
        return []
    zone, found = zone_named(timezone), []
    rows = Order.objects.filter(
        organisation_id=organisation,
        status=OrderStatus.PAID,
        kind=OrderKind.PURCHASE,
        paid_at__gte=at - _LONGEST,
        total__gt=0,
    )
    for order, number, paid_on in rows.order_by("-id").values_list(
        "id", "policy_version_id", "paid_on"
    ):
        rights = policy_numbered(number).statutory_eu
        if paid_on is None or not (
            rights.protects(kind, country) and rights.withdrawal_acknowledged
        ):
            continue
        if at < end_of_day_instant(last_day_within(paid_on, rights.withdrawal_days), zone):
            found.append(order)
    return found
