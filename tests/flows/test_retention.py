"""R31: data outlive access, the customer is warned, everything can be taken along, and then it
goes, but for what the books need."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from tenure.base.calendar import Term
from tenure.base.clock import machine_now
from tenure.base.errors import NotFound, Refused
from tenure.billing.models import Document, PaymentMethod
from tenure.events.models import Event, IdempotencyKey
from tenure.flows.acting import acting_of, begin_acting
from tenure.flows.api_keys import make_api_key
from tenure.flows.clock import advance_clock
from tenure.flows.external import record_external
from tenure.flows.members import remove_member
from tenure.flows.ownership import recover_owner
from tenure.flows.payment_methods import add_payment_method
from tenure.flows.quotes.making import QuotedLine, quote_by_staff
from tenure.flows.requests import answer_request, close_request, make_request
from tenure.flows.retention.exporting import (
    MOST_KEPT,
    archive_of,
    ask_for_export,
    drop_exports,
    kept_for,
    make_exports,
)
from tenure.flows.retention.persons import erase_person
from tenure.flows.retention.purging import confirm_purge
from tenure.flows.seats import assign_seat
from tenure.flows.staff import add_staff
from tenure.flows.verify.run import verify
from tenure.notices.making import make_mails_of
from tenure.notices.models import Mail
from tenure.organisations.models import (
    Export,
    ExportPart,
    Invitation,
    Member,
    Organisation,
    Retention,
    User,
)
from tenure.organisations.queries import count_purges_due, export_of, purges_due
from tenure.organisations.rules import StaffRole, Standing
from tenure.subscriptions.commands.recording import Recorded
from tenure.subscriptions.models import Subscription
from tenure.support.commands import NewRequest
from tenure.support.models import Request, RequestMessage
from tenure.support.rules import RequestKind
from tests.flows.worlds import invited, joined
from tests.shop import START, customer, open_shop, owner_of, subscribe

pytestmark = pytest.mark.django_db(transaction=True)

ENDED = datetime(2027, 3, 30, 22, tzinfo=UTC)
"""The trial runs for 30 days from 1 March, and is over on the 31st in Paris."""
GONE = datetime(2027, 4, 14, 22, tzinfo=UTC)
"""Its data last until 14 April, all of it."""


def told(organisation: Organisation) -> list[tuple[str, datetime]]:
    """What the journal says of data, and when."""
    rows = Event.objects.filter(organisation_id=organisation.id, type__startswith="data.")
    return [(row.type.removeprefix("data."), row.at) for row in rows.order_by("sequence")]


def advance(organisation: Organisation, to: datetime) -> None:
    """Advance its clock."""
    advance_clock(organisation=organisation.id, to=to, by="test", sandbox=True)


def holds() -> bool:
    """Whether everything holds that must always hold."""
    assert [each.check.name for each in verify(now=machine_now()) if not each.holds] == []
    return True


def asks(organisation: Organisation, by: str = "test") -> Request:
    """A request of an organisation, which somebody signed."""
    new = NewRequest(
        RequestKind.BILLING, "Please help Bob", "fr", organisation.id, "bob@x.example", "=Bob()"
    )
    written = make_request(new=new, now=START, by=by)
    return Request.objects.get(id=written.ids[0])


def test_data_outlive_access_and_go() -> None:
    open_shop()
    company = customer()
    trial = subscribe(company, "designer-trial", 3, term=Term.TRIAL)
    bob = joined(company, "bob@x.example")
    assign_seat(subscription=trial.id, member=bob.id, now=START, by="test")
    invited(company, "carla@x.example")
    add_payment_method(organisation=company.id, token="tok_ok", now=START, by="test")
    request = asks(company)
    advance(company, GONE)
    warned = [
        ("retention_warned", datetime(2027, 4, 6, 22, tzinfo=UTC)),
        ("retention_warned", datetime(2027, 4, 12, 22, tzinfo=UTC)),
    ]
    assert told(company) == warned  # a request is open
    assert (purges_due(5), count_purges_due()) == ([], 0)
    with pytest.raises(Refused, match="purge_waits_for_request"):
        confirm_purge(organisation=company.id, now=GONE, by="test")
    close_request(request=request.id, now=GONE, by="test")
    advance(company, GONE + timedelta(days=3))
    assert told(company) == [*warned, ("purge_due", GONE)]
    make_mails_of([company.id], now=machine_now())
    mails = Mail.objects.filter(kind="retention_warned")
    assert sorted(mails.values_list("to", flat=True)) == ["ada@atelier.example"] * 2
    assert holds()

    assert (purges_due(5), count_purges_due()) == ([company], 1)
    later = GONE + timedelta(days=3)
    subscribe(company, quantity=1, term=Term.QUARTER, now=later)  # it is paid again
    Subscription.objects.filter(term=Term.QUARTER).update(auto_renew=False)
    assert told(company)[-1] == ("purge_withdrawn", later)
    with pytest.raises(Refused, match="purge_waits_for_subscription"):
        confirm_purge(organisation=company.id, now=later, by="test")
    advance(company, datetime(2027, 9, 1, tzinfo=UTC))
    assert [what for what, _ in told(company)[4:]] == ["retention_warned"] * 2 + ["purge_due"]
    assert holds()

    now = datetime(2027, 9, 1, tzinfo=UTC)
    invited(company, "dora@x.example")
    hired = add_staff(email="z@v.example", name="", roles=[StaffRole.ADMIN], now=now, by="test")
    zoe = hired.ids[0]
    begin_acting(organisation=company.id, user=zoe, reason="They asked.", now=now)
    before = list(Document.objects.order_by("id").values_list("sha256", flat=True))
    for _ in range(2):
        confirm_purge(organisation=company.id, now=now, by="test")
    gone = Organisation.objects.get(id=company.id)
    assert (gone.status, gone.billing_name) == ("purged", "Ada")
    assert (purges_due(5), count_purges_due()) == ([], 0)
    assert told(company)[-1][0] == "purge_confirmed"
    members = Member.objects.filter(organisation=company)
    assert all(each.email == f"erased-{each.id}@erased.invalid" for each in members)
    assert User.objects.exclude(email__startswith="erased-").get().id == zoe
    assert not Mail.objects.exists()
    assert IdempotencyKey.objects.filter(scope=UUID(int=7)).exists()  # another's calls
    statuses = Invitation.objects.order_by("id").values_list("status", flat=True)
    assert list(statuses) == ["accepted", "expired", "withdrawn"]
    (card,) = PaymentMethod.objects.filter(status="removed")
    assert (card.last4, card.reference, card.forgotten_at) == ("", "", now)
    request.refresh_from_db()
    assert (request.message, request.email, request.name) == ("", "", "")
    assert list(Document.objects.order_by("id").values_list("sha256", flat=True)) == before
    assert not Retention.objects.exists()
    assert acting_of(zoe, company.id) is None
    _nothing_new_begins(company.id, zoe, now)
    ask_for_export(organisation=company.id, now=now, by="test")
    assert make_exports() == 1, "of what is kept for the books"
    assert holds()


def _nothing_new_begins(gone: UUID, staff: UUID, now: datetime) -> None:
    """Neither by the staff, nor for whoever's purchase was late."""
    recorded = Recorded("bench-business", Term.QUARTER, 2, now.date(), 1, "")
    line = QuotedLine("bench-business", Term.QUARTER, 1, 5)
    tries: list[Callable[[], object]] = [
        lambda: begin_acting(organisation=gone, user=staff, reason="Why not", now=now),
        lambda: record_external(organisation=gone, recorded=recorded, now=now, by="test"),
        lambda: quote_by_staff(organisation=gone, lines=[line], reason="So", now=now, by="test"),
        lambda: recover_owner(
            organisation=gone, user=staff, email="q@x.example", name="", reason="So", now=now
        ),
        lambda: make_api_key(organisation=gone, name="k", now=now, by="test"),
        lambda: subscribe(Organisation.objects.get(id=gone), term=Term.QUARTER, now=now),
    ]
    for each in tries:
        with pytest.raises(Refused, match="organisation_purged"):
            each()


def test_an_organisation_that_bought_nothing_is_not_purged() -> None:
    open_shop()
    company = customer()
    with pytest.raises(Refused, match="nothing_kept"):
        confirm_purge(organisation=company.id, now=START, by="test")
    with pytest.raises(NotFound):
        confirm_purge(organisation=owner_of(company).id, now=START, by="test")
    subscribe(company, "designer-trial", term=Term.TRIAL)
    advance(company, ENDED)
    with pytest.raises(Refused, match="purge_waits_for_data"):
        confirm_purge(organisation=company.id, now=ENDED, by="test")


def test_everything_can_be_taken_along() -> None:
    open_shop()
    company, other = customer(), customer(email="eve@elsewhere.example")
    subscribe(company, quantity=2)
    subscribe(other)
    asks(company)
    asks(other)
    asked = [ask_for_export(organisation=company.id, now=START, by="key:x").ids for _ in range(2)]
    assert asked[0] == asked[1]  # while one waits there is no second
    assert (make_exports(), make_exports()) == (1, 0)
    export = Export.objects.get(id=asked[0][0])
    whole = b"".join(archive_of(export.id))
    assert (export.size, export.sha256) == (len(whole), sha256(whole).hexdigest())
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        held = {name: archive.read(name) for name in archive.namelist()}
    receipt = json.loads(held.pop("receipt.json"))
    assert {each["path"]: each["sha256"] for each in receipt["files"]} == {
        name: sha256(data).hexdigest() for name, data in held.items()
    }
    assert (receipt["asked_at"], receipt["asked_by"]) == ("2027-03-01T09:00:00Z", "key:x")
    (request,) = json.loads(held["data/support.request.json"])
    assert request["message"] == "Please help Bob"
    assert request["organisation"] == receipt["organisation"]
    (said,) = csv.DictReader(io.StringIO(held["data/support.request.csv"].decode()))
    assert (said["name"], request["name"]) == ("'=Bob()", "=Bob()"), "no formula for a spreadsheet"
    (line,) = csv.DictReader(io.StringIO(held["data/orders.orderline.csv"].decode()))
    assert (line["quantity"], line["order"][:4]) == ("2", "ord_")
    (invoice,) = Document.objects.filter(organisation=company)
    assert held[f"documents/{invoice.number}.pdf"].startswith(b"%PDF")
    assert b"eve@elsewhere" not in b"".join(held.values())
    assert json.loads(held["data/access.rolerequest.json"]) == []

    Export.objects.filter(id=export.id).update(status="waiting", made_at=None)
    ExportPart.objects.filter(export=export).delete()
    assert make_exports() == 1  # of the same rows the same bytes
    with zipfile.ZipFile(io.BytesIO(b"".join(archive_of(export.id)))) as archive:
        assert archive.read("data/orders.order.csv") == held["data/orders.order.csv"]

    export.refresh_from_db()
    assert export.made_at is not None
    until = export.made_at + kept_for()
    assert drop_exports(now=until - timedelta(seconds=1)) == 0
    many = [
        Export(
            organisation=company,
            asked_at=START,
            asked_by="x",
            made_at=export.made_at,
            status="ready",
        )
        for _ in range(150)
    ]
    Export.objects.bulk_create(many)
    assert (drop_exports(now=until), ExportPart.objects.count()) == (151, 0)
    with pytest.raises(NotFound):
        archive_of(export.id)
    again = []
    for _ in range(MOST_KEPT + 1):
        again += ask_for_export(organisation=company.id, now=START, by="key:x").ids
        make_exports()
    ready = Export.objects.filter(status="ready", organisation=company).order_by("id")
    assert list(ready.values_list("id", flat=True)) == again[1:], "asking often fills no disk"
    assert set(ExportPart.objects.values_list("export", flat=True)) == set(again[1:])
    assert [export_of(company.id, id_).id for id_ in again] == again
    with pytest.raises(NotFound):
        export_of(again[0], again[0])


def test_one_person_is_erased() -> None:
    open_shop()
    company, other = customer(), customer(email="eve@elsewhere.example")
    subscription = subscribe(company, quantity=2)
    bob, both = joined(company, "bob@x.example"), joined(company, "eve@elsewhere.example")
    Member.objects.filter(id=bob.id).update(name="Bob Stone")
    assign_seat(subscription=subscription.id, member=bob.id, now=START, by="test")
    request = asks(company)
    staff = owner_of(other).user_id
    assert staff is not None
    answer_request(request=request.id, user=staff, message="Dear Bob", now=START)
    theirs = make_request(
        new=NewRequest(RequestKind.BILLING, "Help", "fr", other.id), now=START, by="test"
    )
    answer_request(request=theirs.ids[0], user=staff, message="So.", now=START)
    remove_member(member=bob.id, now=START, by="test")
    make_mails_of([company.id], now=machine_now())
    login = User.objects.get(email="bob@x.example")
    for member in (bob, both, bob):
        erase_person(member=member.id, now=START, by="test")
    erased = Member.objects.get(id=bob.id)
    assert (erased.email, erased.name, erased.user) == (
        f"erased-{bob.id}@erased.invalid",
        "",
        None,
    )
    login.refresh_from_db()
    assert (login.email, login.name) == (f"erased-{login.id}@erased.invalid", "")
    assert not login.has_usable_password()
    assert User.objects.filter(email="eve@elsewhere.example").exists()  # elsewhere they stay
    kept = RequestMessage.objects.filter(request=theirs.ids[0]).values_list("text", flat=True)
    assert list(kept) == ["So."]
    assert owner_of(other).user is not None
    said = [
        *Mail.objects.filter(organisation=company).values_list("subject", "letter", "to", "key"),
        *Request.objects.values_list("message", "email", "name"),
    ]
    assert "bob" not in str(said).lower()
    assert Event.objects.filter(type="person.erased").count() == 2
    for by_owner in (True, False):
        with pytest.raises(Refused, match="last_owner"):
            erase_person(member=owner_of(company).id, by_owner=by_owner, now=START, by="test")
    second = joined(company, "own@x.example", standing=Standing.OWNER)
    with pytest.raises(Refused, match="owners_alone"):
        erase_person(member=second.id, by_owner=False, now=START, by="test")
    remove_member(member=second.id, now=START, by="test")
    erase_person(member=second.id, by_owner=False, now=START, by="test")  # an owner no more
    with pytest.raises(NotFound):
        erase_person(member=company.id, now=START, by="test")
    assert holds()
