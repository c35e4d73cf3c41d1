"""Which event makes mails: every type that does, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tenure.notices.telling import orders, people, service, subscriptions
from tenure.notices.telling.drafts import Teller

TELLERS: Final[Mapping[str, Teller]] = {
    "member.invited": people.invited,
    "invitation.sent_again": people.invited,
    "member.suspended": people.suspended,
    "member.restored": people.restored,
    "member.removed": people.removed,
    "ownership.offered": people.ownership_offered,
    "ownership.recovered": service.owner_recovered,
    "acting.begun": service.acting_begun,
    "order.placed": orders.placed,
    "order.paid": orders.paid,
    "order.declined": orders.declined,
    "order.authentication_required": orders.authentication_required,
    "subscription.auto_renewal_switched": subscriptions.switched,
}
