"""Lists: page by page everything once, in a stable order, and no statement more for more rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.access.models import Seat
from tenure.base.ids import new_id
from tenure.billing.models import Payment
from tenure.catalogue.models import Application, Offer, OfferRole, Role, Solution
from tenure.events.journal import transaction
from tenure.orders.models import Order, OrderLine, PolicyVersion
from tenure.organisations.events import ProofSubmitted
from tenure.organisations.models import Invitation, Member, Organisation
from tenure.subscriptions.models import Period, Subscription
from tests.api.cast import Cast, bought
from tests.api.talking import Api
from tests.shop import START

pytestmark = pytest.mark.django_db(transaction=True)


def grow(model: type, count: int, change: object) -> list[object]:
    """``count`` more rows like the model's last, each with what ``change`` gives for it."""
    last = model.objects.order_by("pk").last()  # type: ignore[attr-defined]
    rows = []
    for number in range(count):
        values = {f.attname: getattr(last, f.attname) for f in last._meta.concrete_fields}
        values |= change(number)  # type: ignore[operator]
        rows.append(model(**values))
    model.objects.bulk_create(rows)  # type: ignore[attr-defined]
    return rows


def fill(cast: Cast, count: int) -> None:
    """``count`` more of everything that is listed."""
    org = cast.company.id
    members = grow(
        Member,
        count,
        lambda n: {
            "id": new_id(),
            "organisation_id": org,
            "user_id": None,
            "email": f"m{count}-{n}@x.example",
            "standing": "member",
        },
    )
    Invitation.objects.bulk_create(
        Invitation(
            id=new_id(),
            organisation_id=org,
            member=member,
            email=member.email,
            standing="member",
            status="withdrawn",
            created_at=START,
            sent_at=START,
            expires_at=START,
        )
        for member in members
    )
    orders = grow(Order, count, lambda _: {"id": new_id(), "cart_id": None})
    lines = grow(OrderLine, count, lambda n: {"id": new_id(), "order_id": orders[n].id})
    subs = grow(Subscription, count, lambda n: {"id": new_id(), "order_line_id": lines[n].id})
    grow(Period, count, lambda n: {"id": new_id(), "subscription_id": subs[n].id})
    grow(Payment, count, lambda n: {"id": new_id(), "order_id": orders[n].id})
    grow(
        Seat,
        count,
        lambda n: {"id": new_id(), "subscription_id": subs[n].id, "member_id": members[n].id},
    )
    grow(Organisation, count, lambda _: {"id": new_id()})
    grow(Solution, count, lambda n: {"id": f"s{count}-{n}", "position": 100 + n})
    grow(Application, count, lambda n: {"id": f"a{count}-{n}", "position": 100 + n})
    roles = grow(Role, count, lambda n: {"id": f"r{count}-{n}", "position": 100 + n})
    offers = grow(Offer, count, lambda n: {"id": f"o{count}-{n}", "position": 100 + n})
    OfferRole.objects.bulk_create(
        OfferRole(offer=offer, role=role, position=1)
        for offer, role in zip(offers, roles, strict=True)
    )
    with transaction(now=START, by="test") as journal:
        journal.record(org, *[ProofSubmitted(organisation=org)] * count)


LISTS = (
    "/organisations",
    "/organisations/{org}/orders",
    "/organisations/{org}/subscriptions",
    "/organisations/{org}/members",
    "/organisations/{org}/invitations",
    "/organisations/{org}/events",
    "/offers?audience=business&country=FR",
    "/offers?q=designer",
    "/roles",
    "/solutions",
    "/applications",
)


def statements(api: Api, path: str) -> tuple[int, int]:
    """How many statements a list takes, and how many rows it shows."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        reply = api.get(path + ("&" if "?" in path else "?") + "limit=200")
    assert reply.status == 200
    return len(captured), len(reply.body["data"])


def test_as_many_statements_for_300_rows_as_for_3(cast: Cast, subtests: pytest.Subtests) -> None:
    bought(cast.own, cast.org)
    assert PolicyVersion.objects.count() == 1
    fill(cast, 3)
    few = {path: statements(cast.vendor, path.format(org=cast.org)) for path in LISTS}
    fill(cast, 300)
    for path in LISTS:
        with subtests.test(path=path):
            count, shown = statements(cast.vendor, path.format(org=cast.org))
            assert shown == 200
            assert 3 <= few[path][1] < 60
            assert count == few[path][0]
            assert count <= 8


def test_page_by_page_everything_is_there_once_in_order(
    cast: Cast, subtests: pytest.Subtests
) -> None:
    bought(cast.own, cast.org)
    fill(cast, 20)
    for path in LISTS:
        with subtests.test(path=path):
            whole = cast.vendor.get(joined(path.format(org=cast.org), "limit=200")).body
            assert whole["next_cursor"] is None
            pieces, cursor = [], ""
            while True:
                more = joined(path.format(org=cast.org), f"limit=7&cursor={cursor}")
                page = cast.vendor.get(more).body
                assert len(page["data"]) <= 7
                pieces += page["data"]
                if page["next_cursor"] is None:
                    break
                assert len(page["data"]) == 7
                cursor = page["next_cursor"]
            assert pieces == whole["data"]
            assert len({item["id"] for item in pieces}) == len(pieces)
            usual = cast.vendor.get(path.format(org=cast.org)).body["data"]
            assert usual == whole["data"][:50]


def joined(path: str, more: str) -> str:
    """A path with more parameters."""
    return path + ("&" if "?" in path else "?") + more


def test_the_newest_is_last_also_when_it_came_between_two_pages(cast: Cast) -> None:
    first = cast.vendor.get("/organisations?limit=1").body
    fill_one = grow(Organisation, 1, lambda _: {"id": new_id()})
    rest = cast.vendor.get(f"/organisations?cursor={first['next_cursor']}").body
    assert len(first["data"] + rest["data"]) == 3
    assert fill_one


def test_a_cursor_is_of_its_own_list(cast: Cast) -> None:
    cursor = cast.vendor.get("/organisations?limit=1").body["next_cursor"]
    other = cast.vendor.get(f"/organisations/{cast.org}/members?cursor={cursor}")
    assert (other.status, other.code) == (422, "invalid")


def test_events_come_after_a_number(cast: Cast) -> None:
    bought(cast.own, cast.org)
    path = f"/organisations/{cast.org}/events"
    whole = cast.own.get(path).body["data"]
    assert [event["sequence"] for event in whole] == list(range(1, len(whole) + 1))
    assert cast.own.get(f"{path}?after=2").body["data"] == whole[2:]
    page = cast.own.get(f"{path}?after=2&limit=1").body
    assert page["data"] == whole[2:3]
    following = cast.own.get(f"{path}?after=2&cursor={page['next_cursor']}").body
    assert following["data"] == whole[3:]
    assert cast.own.get(f"{path}?after={2**53}").body["data"] == []
    assert cast.own.get(f"{path}?after=-1").code == "invalid"
    assert cast.own.get(f"{path}?after=x").code == "invalid"
