"""Which event makes mails: every type that does, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tenure.notices.telling import (
    cancellations,
    data,
    orders,
    people,
    quotes,
    renewals,
    renewing,
    service,
    subscriptions,
    webhooks,
)
from tenure.notices.telling.drafts import Teller

TELLERS: Final[Mapping[str, Teller]] = {
    "member.invited": people.invited,
    "invitation.sent_again": people.invited,
    "member.provisioned": people.provisioned,
    "member.suspended": people.suspended,
    "member.restored": people.restored,
    "member.removed": people.removed,
    "role_request.made": people.role_asked,
    "role_request.granted": people.role_granted,
    "role_request.declined": people.role_declined,
    "ownership.offered": people.ownership_offered,
    "ownership.recovered": service.owner_recovered,
    "acting.begun": service.acting_begun,
    "request.made": service.request_made,
    "request.answered": service.request_answered,
    "request.granted": cancellations.granted,
    "request.declined": cancellations.declined,
    "request.followed_up": service.request_followed_up,
    "organisation.verified": orders.verified,
    "organisation.proof_declined": orders.proof_declined,
    "order.placed": orders.placed,
    "order.paid": renewing.order_paid,
    "order.awaiting_transfer": renewing.order_awaits_transfer,
    "order.transfer_reminded": orders.transfer_reminded,
    "order.tax_corrected": orders.tax_corrected,
    "order.declined": renewing.order_declined,
    "order.authentication_required": renewing.order_wants_step,
    "quote.sent": quotes.sent,
    "quote.accepted": quotes.accepted,
    "quote.declined": quotes.declined,
    "seat.losses_ahead": renewals.seats_go,
    "subscription.lapsed": renewing.lapsed,
    "subscription.renewal_authentication_required": renewing.authentication_required,
    "subscription.renewal_declined": renewing.declined,
    "subscription.renewal_reminded": renewals.reminded,
    "subscription.trial_ending": renewing.trial_ending,
    "subscription.auto_renewal_switched": subscriptions.switched,
    "webhook.disabled": webhooks.disabled,
    "data.retention_warned": data.retention_warned,
    "data.export_made": data.export_made,
}
