"""Documents and reports go to the platform once, whatever is killed, and its answers come back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.billing.commands.deliveries import plan_deliveries
from tenure.billing.models import DeliveryStatus, Document, DocumentDelivery, Payment, SalesReport
from tenure.billing.platforms import Acknowledgement, Parcel
from tenure.billing.platforms.folder import FolderPlatform
from tenure.billing.queries.deliveries import (
    deliveries_of,
)
from tenure.events.journal import transaction
from tenure.events.models import Event
from tenure.flows.documents import Credit, issue_credit_notes
from tenure.flows.handing_over import (
    exchange,
    hand_over_documents,
    read_answers,
    report_sales,
)
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tests.shop import START, customer, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2027, 3, 1)
NEXT_DAY = START + timedelta(days=1)


class Dropping:
    """A platform that takes so many parcels and is gone then; killed at any of them is the same."""

    name = "dropping"

    def __init__(self, takes: int) -> None:
        self.takes = takes
        self.taken: list[Parcel] = []

    def hand_over(self, parcel: Parcel) -> None:
        """Take it, or break."""
        if len(self.taken) >= self.takes:
            raise ConnectionResetError(parcel.name)
        self.taken.append(parcel)

    def acknowledgements(self, _most: int) -> list[Acknowledgement]:
        """Nothing to say."""
        return []

    def put_away(self, read: Iterable[Acknowledgement], *, unknown: frozenset[str]) -> None:
        """Nothing to put away."""


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def company(number: int = 0) -> Organisation:
    """A customer who lives by the machine's clock."""
    return customer(email=f"ada{number}@atelier.example", clock=None)


def sold(organisation: Organisation, audience: str = "business") -> Document:
    """An invoice of a paid order."""
    cart = fill_cart(organisation, (f"designer-{audience}", 2))
    order_cart(organisation, cart)
    return Document.objects.latest("id")


class TestDocuments:
    def test_go_once_with_their_files(self, tmp_path: Path) -> None:
        invoice = sold(company())
        platform = FolderPlatform(tmp_path)
        assert hand_over_documents(now=NEXT_DAY, platform=platform) == 1
        assert hand_over_documents(now=NEXT_DAY, platform=platform) == 0
        (place,) = (tmp_path / "outgoing").iterdir()
        assert place.name == invoice.number
        assert {path.name for path in place.iterdir()} == {
            f"{invoice.number}.pdf",
            f"{invoice.number}.xml",
            "manifest.json",
        }
        told = json.loads((place / "manifest.json").read_text())
        assert told["treatment"] == "B2B"
        assert told["content_sha256"] == invoice.sha256
        delivery = DocumentDelivery.objects.get(document=invoice)
        assert (delivery.status, delivery.platform) == ("delivered", "folder")
        assert Event.objects.filter(type="document.delivered").count() == 1
        assert str(delivery).endswith("(delivered)")

    def test_of_a_test_clock_never_go(self, tmp_path: Path) -> None:
        sold(customer())
        assert hand_over_documents(now=NEXT_DAY, platform=FolderPlatform(tmp_path)) == 0

    def test_killed_before_it_is_written_down_it_goes_again_and_is_one(
        self, tmp_path: Path
    ) -> None:
        invoice = sold(company())
        platform = FolderPlatform(tmp_path)
        platform.hand_over(Parcel(invoice.number, {}, {}))
        assert hand_over_documents(now=NEXT_DAY, platform=platform) == 1
        assert len(list((tmp_path / "outgoing").iterdir())) == 1

    def test_what_went_before_it_broke_is_written_down(self) -> None:
        organisation = company()
        for _ in range(3):
            sold(organisation)
        platform = Dropping(takes=2)
        with pytest.raises(ConnectionResetError):
            hand_over_documents(now=NEXT_DAY, platform=platform)
        handed_over = DocumentDelivery.objects.exclude(status=DeliveryStatus.WAITING)
        assert (handed_over.count(), DocumentDelivery.objects.count()) == (2, 3)
        platform.takes = 9
        assert hand_over_documents(now=NEXT_DAY, platform=platform) == 1
        names = [parcel.name for parcel in platform.taken]
        assert len(set(names)) == len(names) == 3

    def test_one_that_cannot_be_made_keeps_no_other_back(self) -> None:
        broken, whole = sold(company()), sold(company(1))
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE billing_document DISABLE TRIGGER USER")
            cursor.execute("UPDATE billing_document SET content = '{}' WHERE id = %s", [broken.id])
            cursor.execute("ALTER TABLE billing_document ENABLE TRIGGER USER")
        platform = Dropping(takes=5)
        assert hand_over_documents(now=NEXT_DAY, platform=platform) == 1
        assert [parcel.name for parcel in platform.taken] == [whole.number]
        assert DocumentDelivery.objects.get(document=broken).status == DeliveryStatus.WAITING

    def test_planning_takes_one_look_however_many_there_are(self) -> None:
        organisation = company()
        sold(organisation)
        with transaction(now=NEXT_DAY, by="test"):
            assert plan_deliveries() == 1
        for _ in range(3):
            sold(organisation)
        with transaction(now=NEXT_DAY, by="test"), CaptureQueriesContext(connection) as asked:
            assert plan_deliveries() == 3
        assert len(asked) == 2


class TestAnswers:
    @pytest.fixture
    def invoice(self, tmp_path: Path) -> Document:
        """One that is with the platform."""
        made = sold(company())
        hand_over_documents(now=NEXT_DAY, platform=FolderPlatform(tmp_path))
        return made

    def say(self, folder: Path, slip: str, name: str, status: int, hour: int) -> None:
        """The platform says something."""
        told = {"name": name, "status": status, "at": f"2027-03-02T{hour:02}:00:00Z"}
        path = folder / "acknowledgements" / f"{slip}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(told | {"reason": "Zoé l’a refusée" if status == 210 else ""}))

    def test_the_newest_word_counts_once(self, tmp_path: Path, invoice: Document) -> None:
        platform = FolderPlatform(tmp_path)
        self.say(tmp_path, "a", invoice.number, 210, 12)
        self.say(tmp_path, "b", invoice.number, 200, 9)
        assert read_answers(now=NEXT_DAY, platform=platform) == 2
        assert read_answers(now=NEXT_DAY, platform=platform) == 0
        delivery = deliveries_of([invoice.id])[invoice.id]
        assert (delivery.status, delivery.code) == (DeliveryStatus.REJECTED, 210)
        event = Event.objects.get(type="document.rejected")
        assert event.data["code"] == 210
        assert "Zoé" not in json.dumps(event.data)

    def test_killed_before_it_is_put_away_it_is_read_again_and_changes_nothing(
        self, tmp_path: Path, invoice: Document
    ) -> None:
        platform = FolderPlatform(tmp_path)
        for _ in range(2):
            self.say(tmp_path, "a", invoice.number, 200, 9)
            assert read_answers(now=NEXT_DAY, platform=platform) == 1
        assert Event.objects.filter(type="document.acknowledged").count() == 1
        assert DocumentDelivery.objects.get().status == DeliveryStatus.ACCEPTED

    @pytest.mark.usefixtures("invoice")
    def test_about_nothing_of_ours_are_set_apart(self, tmp_path: Path) -> None:
        for slip, name in enumerate(("INV-2099-000001", "SALES-2027-03-01", "SALES-20270301")):
            self.say(tmp_path, str(slip), name, 200, 9)
        assert read_answers(now=NEXT_DAY, platform=FolderPlatform(tmp_path)) == 0
        assert len(list((tmp_path / "acknowledgements" / "unread").iterdir())) == 3


class TestReports:
    def maker(self) -> Organisation:
        """A consumer in France."""
        return customer(Audience.CREATOR, email="maker@atelier.example", clock=None)

    def test_tell_a_day_when_it_is_over(self, tmp_path: Path) -> None:
        sold(self.maker(), "creator")
        platform = FolderPlatform(tmp_path)
        assert report_sales(now=START, platform=platform) == 0
        just_after = datetime(2027, 3, 2, 0, 30, tzinfo=UTC)
        assert report_sales(now=just_after, platform=platform) == 0
        assert report_sales(now=NEXT_DAY, platform=platform) == 1
        assert report_sales(now=NEXT_DAY, platform=platform) == 0
        report = SalesReport.objects.get()
        assert str(report) == "sales of 2027-03-01 (delivered)"
        (row,) = json.loads(report.content)["consumer_sales"]
        assert (row["documents"], row["net"] + row["tax"]) == (1, 39800)
        (paid,) = json.loads(report.content)["consumer_payments"]
        assert paid["amount"] == 39800
        path = tmp_path / "outgoing" / "SALES-2027-03-01" / "SALES-2027-03-01.json"
        assert path.read_text() == report.content

    def test_a_report_is_frozen_and_every_day_has_one(self) -> None:
        maker = self.maker()
        invoice = sold(maker, "creator")
        report_sales(now=NEXT_DAY, platform=Dropping(takes=9))
        before = SalesReport.objects.get().content
        with transaction(now=NEXT_DAY, by="test") as journal:
            issue_credit_notes(corrections=[Credit(invoice)], journal=journal)
        platform = Dropping(takes=9)
        assert report_sales(now=NEXT_DAY + timedelta(days=2), platform=platform) == 2
        assert SalesReport.objects.get(day=DAY).content == before
        second = json.loads(SalesReport.objects.get(day=DAY + timedelta(days=1)).content)
        assert second["consumer_sales"][0]["net"] < 0
        assert [parcel.name for parcel in platform.taken] == [
            "SALES-2027-03-02",
            "SALES-2027-03-03",
        ]

    def test_that_could_not_go_wait(self) -> None:
        sold(self.maker(), "creator")
        with pytest.raises(ConnectionResetError):
            report_sales(now=NEXT_DAY, platform=Dropping(takes=0))
        assert SalesReport.objects.get().status == DeliveryStatus.WAITING
        assert report_sales(now=NEXT_DAY, platform=Dropping(takes=1)) == 1

    def test_of_a_test_clock_say_nothing(self) -> None:
        organisation = customer(Audience.CREATOR, email="maker@atelier.example")
        sold(organisation, "creator")
        report_sales(now=NEXT_DAY, platform=Dropping(takes=9))
        told = json.loads(SalesReport.objects.get().content)
        assert told["consumer_sales"] == told["consumer_payments"] == []
        assert Payment.objects.count() == 1

    def test_are_acknowledged(self, tmp_path: Path) -> None:
        sold(self.maker(), "creator")
        platform = FolderPlatform(tmp_path)
        report_sales(now=NEXT_DAY, platform=platform)
        TestAnswers().say(tmp_path, "a", "SALES-2027-03-01", 213, 9)
        assert read_answers(now=NEXT_DAY, platform=platform) == 1
        assert SalesReport.objects.get().status == DeliveryStatus.REJECTED


def test_all_of_it_in_one_go(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    sold(company())
    exchange(now=NEXT_DAY)
    assert not DocumentDelivery.objects.exists()
    settings.PLATFORM_DIR = tmp_path  # type: ignore[attr-defined]  # pytest-django's
    exchange(now=NEXT_DAY)
    assert {path.name for path in (tmp_path / "outgoing").iterdir()} == {
        Document.objects.get().number,
        "SALES-2027-03-01",
    }
