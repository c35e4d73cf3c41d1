"""An import is all or nothing, writes only what differs, and forgets nothing that was sold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from tenure.base.ids import new_id
from tenure.catalogue.file import parse_catalogue, render_catalogue, sample_source
from tenure.catalogue.file.differences import KindChanges, PriceChange
from tenure.catalogue.file.shape import CatalogueFile
from tenure.catalogue.models import (
    CatalogueVersion,
    Currency,
    Offer,
    OfferRole,
    Price,
    Role,
    Solution,
)
from tenure.catalogue.queries import (
    current_version,
    export_catalogue,
    held_catalogue,
    plan_import,
    vendor,
    vendor_gaps,
)
from tenure.events.models import Event
from tenure.events.streams import CATALOGUE_STREAM
from tenure.flows.catalogue_import import import_file
from tests.catalogue.files import SMALL, large
from tests.catalogue.importing import NOON, bring_in

pytestmark = pytest.mark.django_db


class TestTheFirst:
    def test_the_tables_hold_what_the_file_says(self) -> None:
        done = bring_in(SMALL)
        assert (done.version, done.changed) == (1, True)
        assert done.plan.kinds["offers"].added == (
            "designer-business",
            "designer-creator",
            "both-business",
            "machinist-trial",
        )
        held = held_catalogue()
        assert held.current == parse_catalogue(SMALL)
        assert not any(held.withdrawn.values())

    def test_it_may_hold_more_than_one_statement_can_say(self) -> None:
        """PostgreSQL takes 65,535 values in one; each offer is eight."""
        offers = "".join(
            f"  - {{id: o{n}, roles: [role-0], audience: business, channel: contact}}\n"
            for n in range(8_200)
        )
        assert len(bring_in(large(0, roles=1) + offers).plan.kinds["offers"].added) == 8_200
        assert Offer.objects.count() == 8_200

    def test_it_is_told_to_the_journal(self) -> None:
        bring_in(SMALL)
        event = Event.objects.get(organisation_id=CATALOGUE_STREAM)
        assert (event.type, event.by, event.at) == ("catalogue.imported", "command", NOON)
        assert event.data == {"version": 1, "added": 13, "changed": 0, "withdrawn": 0, "prices": 6}

    def test_the_version_is_kept(self) -> None:
        assert current_version() is None
        bring_in(SMALL)
        version = current_version()
        assert version is not None
        assert (version.number, version.imported_at, len(version.sha256)) == (1, NOON, 64)

    def test_who_sells(self) -> None:
        bring_in(SMALL)
        live, sandbox = vendor(sandbox=False), vendor(sandbox=True)
        assert (live.name, live.country, live.timezone) == ("Atelier Exemple", "FR", "Europe/Paris")
        assert "iban" not in live.facts
        assert sandbox.name == "Atelier Exemple"
        assert "iban" in sandbox.samples
        assert "name" not in sandbox.samples
        assert {"iban", "registration", "city"} <= set(vendor_gaps())
        bring_in(SMALL.replace("country: FR", "country: DE"))
        assert "registration" not in vendor_gaps()


class TestAgain:
    def test_the_same_file_changes_nothing(self) -> None:
        bring_in(SMALL)
        with CaptureQueriesContext(connection) as asked:
            done = bring_in(SMALL)
        assert (done.version, done.changed, bool(done.plan)) == (1, False, False)
        assert CatalogueVersion.objects.count() == 1
        assert Event.objects.count() == 1
        assert not [
            query for query in asked if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
        ]

    def test_another_comment_is_kept_and_changes_nothing(self) -> None:
        bring_in(SMALL)
        text = "# Read me.\n" + SMALL
        done = bring_in(text)
        assert (done.version, done.changed) == (2, False)
        assert Event.objects.count() == 1
        assert export_catalogue() == text

    def test_another_order_is_kept(self) -> None:
        bring_in(SMALL)
        shop = parse_catalogue(SMALL)
        turned = shop.model_copy(
            update={
                "offers": tuple(
                    offer.model_copy(update={"prices": offer.prices[::-1]})
                    for offer in reversed(shop.offers)
                ),
                "roles": shop.roles[::-1],
            }
        )
        text = render_catalogue(turned)
        done = bring_in(text)
        assert done.changed
        assert not done.plan.prices
        assert held_catalogue().current == turned
        assert Price.objects.filter(removed_in__isnull=False).count() == 0

    def test_what_changed_is_written_and_told(self) -> None:
        bring_in(SMALL)
        text = SMALL.replace("[FR, DE, NO, US]", "[FR, BE]").replace("Usineur", "Fraiseur")
        text = text.replace("name: Atelier Exemple", "name: Atelier Modèle")
        done = bring_in(text.replace("en: Making", "en: Machining"))
        assert done.plan.vendor == ("name",)
        assert done.plan.kinds["offers"] == KindChanges(changed=("designer-business",))
        assert done.plan.kinds["roles"] == KindChanges(changed=("machinist",))
        assert done.plan.kinds["solutions"] == KindChanges(changed=("making",))
        assert not done.plan.kinds["applications"]
        assert Offer.objects.get(id="designer-business").countries == ["FR", "BE"]
        for word in ("fraiseur", "machining"):
            found = Offer.objects.filter(search_text__contains=word)
            assert {offer.id for offer in found} == {"both-business", "machinist-trial"}

    def test_the_roles_of_an_offer_follow(self) -> None:
        bring_in(SMALL)
        bring_in(SMALL.replace("roles: [designer, machinist]", "roles: [machinist]"))
        assert list(OfferRole.objects.filter(offer="both-business").values_list("role_id")) == [
            ("machinist",)
        ]


def without_trial_and_machinist() -> str:
    shop = parse_catalogue(SMALL)
    return render_catalogue(
        shop.model_copy(
            update={
                "currencies": shop.currencies[:1],
                "applications": shop.applications[:1],
                "solutions": shop.solutions[:1],
                "roles": shop.roles[:1],
                "offers": (
                    shop.offers[0].model_copy(update={"prices": shop.offers[0].prices[:3]}),
                ),
            }
        )
    )


class TestWithdrawal:
    def test_what_the_file_no_longer_has_is_kept_as_withdrawn(self) -> None:
        bring_in(SMALL)
        done = bring_in(without_trial_and_machinist(), now=NOON + timedelta(days=1))
        assert done.plan.kinds["offers"].withdrawn == (
            "designer-creator",
            "both-business",
            "machinist-trial",
        )
        assert done.plan.kinds["roles"].withdrawn == ("machinist",)
        offer = Offer.objects.get(id="machinist-trial")
        assert offer.withdrawn_at == NOON + timedelta(days=1)
        assert OfferRole.objects.filter(offer=offer).count() == 1
        for model, gone in ((Role, 1), (Solution, 1), (Currency, 2), (Offer, 3)):
            assert model.objects.filter(withdrawn_at__isnull=False).count() == gone
        assert held_catalogue().current == parse_catalogue(without_trial_and_machinist())

    def test_prices_of_a_withdrawn_offer_stand(self) -> None:
        """R5: it is honoured, and renewed once more."""
        bring_in(SMALL)
        bring_in(without_trial_and_machinist())
        standing = Price.objects.filter(offer="designer-creator", removed_in__isnull=True)
        assert standing.count() == 2

    def test_it_comes_back(self) -> None:
        bring_in(SMALL)
        bring_in(without_trial_and_machinist())
        done = bring_in(SMALL.replace("amount: 30000}", "amount: 31000}"))
        offers = done.plan.kinds["offers"]
        assert offers.returned == offers.added
        assert "designer-creator" in offers.returned
        assert held_catalogue().current.offers[1].prices[0].amount == 31000
        assert done.plan.prices == (
            PriceChange("designer-business", "year", "USD", None, None, 140000),
            PriceChange("designer-creator", "year", "EUR", None, 30000, 31000),
        )
        assert Offer.objects.filter(withdrawn_at__isnull=False).count() == 0


class TestPrices:
    def test_a_change_closes_the_old_price(self) -> None:
        bring_in(SMALL)
        old = Price.objects.get(offer="designer-business", term="quarter")
        done = bring_in(SMALL.replace("amount: 33000", "amount: 34000"))
        assert done.plan.prices == (
            PriceChange("designer-business", "quarter", "EUR", None, 33000, 34000),
        )
        old.refresh_from_db()
        assert (old.amount, old.added_in_id, old.removed_in_id) == (33000, 1, 2)
        new = Price.objects.get(offer="designer-business", term="quarter", removed_in=None)
        assert (new.amount, new.added_in_id) == (34000, 2)

    def test_a_price_to_come_leaves_the_present_one(self) -> None:
        bring_in(SMALL)
        later = "- {term: quarter, currency: EUR, amount: 35000, from: 2027-02-01}"
        text = SMALL.replace("amount: 33000}", f"amount: 33000}}\n      {later}")
        done = bring_in(text)
        assert done.plan.prices == (
            PriceChange("designer-business", "quarter", "EUR", date(2027, 2, 1), None, 35000),
        )
        assert held_catalogue().current == parse_catalogue(text)

    def test_a_price_that_went_is_closed(self) -> None:
        bring_in(SMALL)
        text = SMALL.replace("      - {term: quarter, currency: EUR, amount: 33000}\n", "")
        done = bring_in(text)
        assert done.plan.prices == (
            PriceChange("designer-business", "quarter", "EUR", None, 33000, None),
        )
        assert held_catalogue().current == parse_catalogue(text)
        bring_in(SMALL)
        assert held_catalogue().current == parse_catalogue(SMALL)
        assert Price.objects.filter(offer="designer-business", term="quarter").count() == 2

    def test_the_database_refuses_a_second_price_of_the_same_day(self) -> None:
        bring_in(SMALL)
        price = Price.objects.get(offer="designer-business", term="quarter")
        price.id, price.amount, price._state.adding = new_id(), 1, True
        with pytest.raises(IntegrityError, match="price_once_while_it_holds"):
            price.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
class TestAllOrNothing:
    def broken(self) -> CatalogueFile:
        """A catalogue whose last price only the database refuses."""
        shop = parse_catalogue(large(50))
        last = shop.offers[-1]
        prices = (*last.prices[:-1], last.prices[-1].model_copy(update={"amount": -1}))
        offers = (*shop.offers[:-1], last.model_copy(update={"prices": prices}))
        return shop.model_copy(update={"offers": offers})

    def test_an_error_at_the_end_writes_nothing(self) -> None:
        bring_in(SMALL)
        with pytest.raises(IntegrityError):
            import_file(file=self.broken(), source="", now=NOON, by="command")
        assert held_catalogue().current == parse_catalogue(SMALL)
        assert CatalogueVersion.objects.count() == 1
        assert Event.objects.count() == 1

    def test_two_at_once_follow_each_other(self) -> None:
        def work(text: str) -> int:
            try:
                return bring_in(text).version
            finally:
                connection.close()

        texts = [large(30, price=price) for price in (100, 200, 300, 400)]
        with ThreadPoolExecutor(4) as pool:
            versions = list(pool.map(work, texts))
        assert sorted(versions) == [1, 2, 3, 4]
        last = parse_catalogue(texts[versions.index(4)])
        assert held_catalogue().current == last


class TestExport:
    def test_nothing_before_an_import(self) -> None:
        assert export_catalogue() == ""

    def test_the_same_file_comes_back(self) -> None:
        bring_in(SMALL)
        assert export_catalogue() == SMALL

    def test_a_source_that_says_something_else_is_not_printed(self) -> None:
        bring_in(SMALL)
        Role.objects.filter(id="designer").update(grants={"cad": ["open"]})
        text = export_catalogue()
        assert text == render_catalogue(held_catalogue().current)
        assert parse_catalogue(text).roles[0].grants == {"cad": ("open",)}

    def test_a_source_that_is_no_longer_read_is_not_printed(self) -> None:
        bring_in(SMALL)
        CatalogueVersion.objects.update(source="currencies: 1")
        assert parse_catalogue(export_catalogue()) == parse_catalogue(SMALL)


class TestTheSample:
    def test_it_is_canonical(self) -> None:
        assert render_catalogue(parse_catalogue(sample_source())) == sample_source()

    def test_it_comes_back_from_the_tables(self) -> None:
        bring_in(sample_source())
        assert export_catalogue() == sample_source()
        CatalogueVersion.objects.update(source="")
        assert export_catalogue() == sample_source()


class TestSize:
    def test_as_many_statements_for_300_offers_as_for_3(self) -> None:
        counts = {}
        for offers in (3, 300):
            with CaptureQueriesContext(connection) as first:
                bring_in(large(offers, roles=3))
            with CaptureQueriesContext(connection) as second:
                bring_in(large(offers, roles=3, price=200))
            with CaptureQueriesContext(connection) as same:
                bring_in(large(offers, roles=3, price=200))
            with CaptureQueriesContext(connection) as less:
                bring_in(large(1, roles=1, price=200))
            counts[offers] = (len(second), len(same), len(less))
            assert len(first) < 40
        assert counts[3] == counts[300]

    def test_a_thousand_offers(self) -> None:
        text = large(1000)
        bring_in(text)
        assert held_catalogue().current == parse_catalogue(text)
        assert not plan_import(parse_catalogue(text))
        assert Price.objects.count() == 6000
