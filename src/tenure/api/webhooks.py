"""Webhooks out: endpoints of an organisation, and the vendor's own, by Standard Webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool
from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.fields import NOTHING, Body, Change, Given, Identifier, Nothing
from tenure.api.lists import Cursor, Limit, page_by_id
from tenure.api.shapes import Instant, Page, instant
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.notices.models import Webhook, WebhookDelivery
from tenure.notices.webhooks.errors import TOO_MANY_WEBHOOKS, WEBHOOK_DISABLED
from tenure.notices.webhooks.managing import Kept, Manager, Wish
from tenure.notices.webhooks.queries import deliveries_of, webhooks_of
from tenure.notices.webhooks.sending import permissions

calls = Calls("Webhooks")

Address = Annotated[str, Field(min_length=1, max_length=1000)]
Name = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1F\x7F-\x9F]*$")]
Types = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1F\x7F-\x9F]*$")]],
    Field(max_length=100),
]
After = Annotated[int, Field(strict=True, ge=0, le=2**53)]


class NewWebhook(Body):
    """Where events go, and which: types like `order.paid`, families like `order.*`, or all."""

    url: Address
    name: Name = ""
    types: Types = Field(default_factory=list)


class WebhookChange(Change):
    """What is to be otherwise; `enabled` switches off and on."""

    url: Given[Address] = None
    name: Given[Name] = None
    types: Given[Types] = None
    enabled: Given[StrictBool] = None


class Replay(Body):
    """From where on: the number of the last event that is not wanted again.

    The vendor's webhooks also name the `organisation` whose journal it is.
    """

    after: After
    organisation: Identifier | None = None


class WebhookOut(TypedDict):
    """An endpoint. `types` is empty where it is told everything."""

    id: str
    organisation: str | None
    url: str
    name: str
    types: list[str]
    enabled: bool
    disabled_why: Literal["", "switched_off", "failing", "gone"]
    disabled_at: Instant | None
    failing_since: Instant | None
    succeeded_at: Instant | None
    created_at: Instant


class SecretWebhookOut(WebhookOut):
    """The same with its new secret, which is told this once; null where it was told before."""

    secret: str | None


class DeliveryOut(TypedDict):
    """What became of one event: `code` is the status of the last answer, `answer` its words."""

    id: str
    event: str
    organisation: str
    sequence: int
    type: str
    status: Literal["delivered", "failing", "given_up"]
    attempts: int
    code: int | None
    answer: str
    milliseconds: int
    first_at: Instant
    last_at: Instant
    sent_again: bool


def _resumed(call: Call, made: UUID) -> Answer:
    """It was written before the call was cut short; the secret cannot be told again."""
    return _told(Kept(made, call.reached.revision if call.reached else 0))


def _resumed_plainly(call: Call, made: UUID) -> Answer:
    revision = call.reached.revision if call.reached else 0
    return Answer(_webhook_out(_row(made)), status=202, revision=revision)


@calls.get("/organisations/{organisation}/webhooks", Page[WebhookOut])
def list_webhooks(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The organisation's webhooks, oldest first."""
    return _listed(call.organisation, limit, cursor)


@calls.post(
    "/organisations/{organisation}/webhooks",
    {201: SecretWebhookOut},
    resume=_resumed,
    refuses=(TOO_MANY_WEBHOOKS,),
)
def create_webhook(call: Call, body: NewWebhook) -> Answer:
    """Have a program told what happens to the organisation, from now on."""
    return _added(call, call.organisation, body)


@calls.get("/webhooks", Page[WebhookOut], vendor_only=True)
def list_vendor_webhooks(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The vendor's webhooks, oldest first."""
    del call
    return _listed(None, limit, cursor)


@calls.post(
    "/webhooks",
    {201: SecretWebhookOut},
    resume=_resumed,
    refuses=(TOO_MANY_WEBHOOKS,),
    vendor_only=True,
)
def create_vendor_webhook(call: Call, body: NewWebhook) -> Answer:
    """Have a program of the vendor's told what happens to all organisations, from now on."""
    return _added(call, None, body)


@calls.get("/webhooks/{webhook}", WebhookOut)
def get_webhook(call: Call) -> Answer:
    """One webhook."""
    return Answer(_webhook_out(_row(call.ids["webhook"])))


@calls.patch("/webhooks/{webhook}", WebhookOut)
def edit_webhook(call: Call, body: WebhookChange) -> Answer:
    """Edit a webhook, or switch it off and on; switched on, it goes on where it stopped."""
    return _edited(call, body)


@calls.patch("/organisations/{organisation}/webhooks/{webhook}", WebhookOut)
def edit_webhook_of_organisation(call: Call, body: WebhookChange) -> Answer:
    """Edit a webhook: the same by the organisation's own address."""
    _of_organisation(call)
    return _edited(call, body)


@calls.delete("/webhooks/{webhook}", {204: None})
def delete_webhook(call: Call) -> Answer:
    """Tell it nothing any more, and forget its log."""
    return _removed(call)


@calls.delete("/organisations/{organisation}/webhooks/{webhook}", {204: None})
def delete_webhook_of_organisation(call: Call) -> Answer:
    """Tell it nothing any more: the same by the organisation's own address."""
    _of_organisation(call)
    return _removed(call)


@calls.post("/webhooks/{webhook}/secret", {201: SecretWebhookOut}, resume=_resumed)
def renew_webhook_secret(call: Call, body: Nothing = NOTHING) -> Answer:
    """Give it a new secret; for 24 hours messages carry a signature of the old one as well."""
    del body
    kept = _manager(call).renew_secret(webhook=call.ids["webhook"], asked=call.asked)
    return _told(kept)


@calls.post("/webhooks/{webhook}/replay", {202: WebhookOut}, resume=_resumed_plainly)
def replay_webhook(call: Call, body: Replay) -> Answer:
    """Tell it again what happened after a number, in order, with the same `webhook-id`s."""
    of = call.reached.id if call.reached else None
    if body.organisation is not None:
        named = parse_public_id("org", body.organisation)
        if of not in (None, named):
            raise NotFound
        of = named
    if of is None:
        raise NotFound
    kept = _manager(call).replay(
        webhook=call.ids["webhook"], of=of, after=body.after, asked=call.asked
    )
    return Answer(_webhook_out(_row(kept.webhook)), status=202, revision=kept.revision)


@calls.get("/webhooks/{webhook}/deliveries", Page[DeliveryOut])
def list_deliveries(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """What was sent to it and what it answered, oldest first."""
    rows = deliveries_of(call.ids["webhook"])
    shown, following = page_by_id("deliveries", rows, limit, cursor)
    return Answer({"data": [_delivery_out(row) for row in shown], "next_cursor": following})


@calls.post(
    "/webhooks/{webhook}/deliveries/{delivery}/redelivery",
    {202: WebhookOut},
    resume=_resumed_plainly,
    refuses=(WEBHOOK_DISABLED,),
)
def redeliver(call: Call, body: Nothing = NOTHING) -> Answer:
    """Send one delivery once more, at once, with the same `webhook-id`."""
    del body
    kept = _manager(call).send_again(
        webhook=call.ids["webhook"], delivery=call.ids["delivery"], asked=call.asked
    )
    return Answer(_webhook_out(_row(kept.webhook)), status=202, revision=kept.revision)


def _manager(call: Call) -> Manager:
    """Whoever may look after the webhook that the path names: its organisation, or the vendor."""
    organisation = call.reached.id if call.reached else None
    return Manager(organisation, call.by, call.now, call.arrived_at, permissions())


def _listed(organisation: UUID | None, limit: int, cursor: str | None) -> Answer:
    shown, following = page_by_id("webhooks", webhooks_of(organisation), limit, cursor)
    return Answer({"data": [_webhook_out(row) for row in shown], "next_cursor": following})


def _added(call: Call, organisation: UUID | None, body: NewWebhook) -> Answer:
    manager = Manager(organisation, call.by, call.now, call.arrived_at, permissions())
    kept = manager.add(wish=Wish(body.url, body.name, body.types), asked=call.asked)
    return _told(kept)


def _edited(call: Call, body: WebhookChange) -> Answer:
    wish = Wish(body.url, body.name, body.types, body.enabled)
    kept = _manager(call).change(webhook=call.ids["webhook"], wish=wish)
    return Answer(_webhook_out(_row(kept.webhook)), revision=kept.revision)


def _removed(call: Call) -> Answer:
    kept = _manager(call).remove(webhook=call.ids["webhook"])
    return Answer(status=204, revision=kept.revision)


def _of_organisation(call: Call) -> None:
    if not webhooks_of(call.organisation).filter(id=call.ids["webhook"]).exists():
        raise NotFound


def _row(webhook: UUID) -> Webhook:
    row = Webhook.objects.filter(id=webhook).first()
    if row is None:
        raise NotFound
    return row


def _told(kept: Kept) -> Answer:
    out = _webhook_out(_row(kept.webhook))
    body = {**out, "secret": kept.secret or None}
    location = f"/api/v1/webhooks/{out['id']}"
    return Answer(body, status=201, revision=kept.revision, location=location)


def _webhook_out(row: Webhook) -> WebhookOut:
    return {
        "id": public_id("hook", row.id),
        "organisation": public_id("org", row.organisation_id) if row.organisation_id else None,
        "url": row.url,
        "name": row.name,
        "types": row.types,
        "enabled": row.disabled_at is None,
        "disabled_why": row.disabled_why,  # type: ignore[typeddict-item]  # a constraint keeps it
        "disabled_at": _maybe(row.disabled_at),
        "failing_since": _maybe(row.failing_since),
        "succeeded_at": _maybe(row.succeeded_at),
        "created_at": instant(row.created_at),
    }


def _maybe(at: datetime | None) -> str | None:
    return instant(at) if at else None


def _delivery_out(row: WebhookDelivery) -> DeliveryOut:
    return {
        "id": public_id("dlv", row.id),
        "event": public_id("evt", row.event_id),
        "organisation": public_id("org", row.organisation_id),
        "sequence": row.sequence,
        "type": row.type,
        "status": row.status,  # type: ignore[typeddict-item]  # a constraint keeps it so
        "attempts": row.attempts,
        "code": row.code,
        "answer": row.answer,
        "milliseconds": row.milliseconds,
        "first_at": instant(row.first_at),
        "last_at": instant(row.last_at),
        "sent_again": row.again_at is not None,
    }
