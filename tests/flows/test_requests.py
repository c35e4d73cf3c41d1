"""R4, R29: contact and support, from the question to the answer."""

from __future__ import annotations

from uuid import UUID

import pytest

from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import public_id
from tenure.events.models import VENDOR_STREAM, Event
from tenure.flows.requests import answer_request, close_request, follow_up, make_request
from tenure.flows.staff import add_staff
from tenure.organisations.models import Organisation
from tenure.organisations.rules import StaffRole
from tenure.support.commands import NewRequest
from tenure.support.models import Request
from tenure.support.queries import messages_of, waiting_requests
from tenure.support.rules import RequestKind
from tests.flows.worlds import someone
from tests.shop import START, customer, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


@pytest.fixture
def zoe() -> UUID:
    return add_staff(
        email="zoe@vendor.example", name="Zoé", roles={StaffRole.SUPPORT}, now=START, by="command"
    ).ids[0]


def ask(**more: object) -> UUID:
    given = {"kind": RequestKind.SALES, "message": "How much?", "language": "fr"} | more
    return make_request(new=NewRequest(**given), now=START, by="visitor").ids[0]  # type: ignore[arg-type]


def told(stream: UUID) -> list[str]:
    rows = Event.objects.filter(organisation_id=stream, type__startswith="request.")
    return list(rows.order_by("sequence").values_list("type", flat=True))


def test_a_visitor_asks_with_all_that_the_page_knew() -> None:
    request = ask(
        email="eve@plan.example",
        name="Eve",
        offer="bench-business",
        country="DE",
        audience="business",
        quantity=12,
    )
    row = Request.objects.get(id=request)
    assert (row.offer_id, row.country, row.audience, row.quantity) == (
        "bench-business",
        "DE",
        "business",
        12,
    )
    assert (row.organisation_id, row.status, row.created_at) == (None, "open", START)
    said = Event.objects.get(organisation_id=VENDOR_STREAM)
    assert (said.type, said.by) == ("request.made", "visitor")
    assert said.data == {"request": public_id("req", request), "kind": "sales"}


def test_staff_answer_and_whoever_asked_writes_again(zoe: UUID) -> None:
    company = customer()
    request = ask(organisation=company.id)
    assert waiting_requests().count == 1
    answer_request(request=request, user=zoe, message=" 12 euros. ", now=START)
    assert waiting_requests().count == 0
    follow_up(request=request, message="And for two?", now=START, by="member:x")
    assert (waiting_requests().count, waiting_requests().oldest) == (1, START)
    answer_request(request=request, user=zoe, message="24.", now=START)
    close_request(request=request, now=START, by="staff:x")
    close_request(request=request, now=START, by="staff:x")
    with pytest.raises(Refused, match="request_closed"):
        answer_request(request=request, user=zoe, message="More?", now=START)
    assert told(company.id) == [
        "request.made",
        "request.answered",
        "request.followed_up",
        "request.answered",
        "request.closed",
    ]
    said = messages_of([request])[request]
    assert [(each.text, bool(each.staff)) for each in said] == [
        ("12 euros.", True),
        ("And for two?", False),
        ("24.", True),
    ]
    follow_up(request=request, message="One more thing.", now=START, by="member:x")
    row = Request.objects.get(id=request)
    assert (row.status, row.closed_at, row.first_answered_at) == ("open", None, START)


def test_an_order_brings_its_organisation_and_is_nobody_else_s() -> None:
    company = customer()
    order = order_cart(company, fill_cart(company, ("designer-business", 1))).order
    request = ask(kind=RequestKind.CANCELLATION, order=order)
    assert Request.objects.get(id=request).organisation_id == company.id
    other: Organisation = customer(email="zed@elsewhere.example")
    for wrong in ({"organisation": other.id, "order": order}, {"order": someone()}):
        with pytest.raises(NotFound):
            ask(email="eve@plan.example", **wrong)
    with pytest.raises(NotFound):
        ask(organisation=someone())
    with pytest.raises(NotFound):
        ask(email="eve@plan.example", offer="nothing")


def test_what_is_missing_is_said_and_nothing_is_written(zoe: UUID) -> None:
    with pytest.raises(Invalid) as missing:
        ask(kind=RequestKind.CANCELLATION, message=" ")
    fields = [each.field for each in missing.value.field_errors]
    assert fields == ["email", "order"]
    with pytest.raises(Invalid):
        ask(email="eve@plan.example", message=" ")
    assert not Request.objects.exists()
    request = ask(email="eve@plan.example")
    for call in (
        lambda: answer_request(request=request, user=zoe, message=" ", now=START),
        lambda: follow_up(request=request, message="", now=START, by="visitor"),
    ):
        with pytest.raises(Invalid):
            call()
    for strange in (
        lambda: close_request(request=someone(), now=START, by="x"),
        lambda: answer_request(request=someone(), user=zoe, message="?", now=START),
    ):
        with pytest.raises(NotFound):
            strange()
