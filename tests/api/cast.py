"""Who calls: the vendor, an organisation's own key, a stranger's, and nobody."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tenure.base.ids import public_id
from tenure.events.journal import transaction
from tenure.organisations.commands.api_keys import create_api_key
from tenure.organisations.models import Organisation
from tests.api.talking import Api, Reply
from tests.shop import START, customer


@dataclass(frozen=True)
class Cast:
    """The vendor, ``own`` (whose organisation ``company`` is), and a stranger."""

    vendor: Api
    own: Api
    stranger: Api
    nobody: Api
    company: Organisation
    other: Organisation

    @property
    def org(self) -> str:
        """The company's identifier."""
        return public_id("org", self.company.id)


def key_for(organisation: UUID | None) -> str:
    """A fresh key."""
    with transaction(now=START, by="test") as journal:
        return create_api_key(name="test", organisation=organisation, journal=journal)[1]


def make_cast() -> Cast:
    """The cast of a test, over an open shop."""
    company = customer()
    other = customer(email="eve@elsewhere.example")
    return Cast(
        vendor=Api(key_for(None)),
        own=Api(key_for(company.id)),
        stranger=Api(key_for(other.id)),
        nobody=Api(None),
        company=company,
        other=other,
    )


BILLING = {
    "name": "Bureau d'étude",
    "line1": "2 rue B",
    "postal_code": "69001",
    "city": "Lyon",
    "country": "FR",
}
ORGANISATION = {
    "name": "Bureau",
    "audience": "business",
    "country": "FR",
    "timezone": "Europe/Paris",
    "language": "fr",
    "owner": {"email": "Grace@Bureau.example", "name": "Grace"},
    "billing": BILLING,
}


def cart_with(api: Api, org: str, *offers: tuple[str, int], term: str = "year") -> Reply:
    """A cart of a French company, with ``offers``."""
    reply = api.post("/carts", {"audience": "business", "country": "FR", "organisation": org})
    assert reply.status == 201
    for offer, quantity in offers:
        reply = api.post(
            f"/carts/{reply.body['id']}/lines",
            {"offer": offer, "term": term, "quantity": quantity},
        )
        assert reply.status == 201, reply.text
    return reply


def order(
    api: Api,
    org: str,
    cart: Reply,
    *,
    card: str | None = "tok_ok",
    key: str = "k1",
) -> Reply:
    """Order a cart as it was shown."""
    body = {"cart": cart.body["id"], "cart_version": cart.body["version"], "organisation": org}
    if card is not None:
        body["payment"] = {"method": "card", "token": card}
    return api.post("/orders", body, idempotency_key=key)


def bought(api: Api, org: str, offer: str = "designer-business", quantity: int = 2) -> str:
    """The id of a paid subscription."""
    key = f"buy-{offer}-{quantity}"
    reply = order(api, org, cart_with(api, org, (offer, quantity)), key=key)
    assert reply.body["status"] == "paid", reply.text
    return str(reply.body["subscriptions"][0])
