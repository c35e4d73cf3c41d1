"""Settings, Data: until when, taken along, erased; and where the vendor's staff confirm (R31)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.urls import reverse

from tenure.base.calendar import Term
from tenure.base.ids import new_id, public_id
from tenure.flows.retention.exporting import make_exports
from tenure.organisations.models import Export, Member, Organisation
from tests.shop import START, customer, subscribe
from tests.web.console.companies import (
    INSIDERS_ONLY,
    advance,
    french,
    page_of,
    statements,
    text_of,
    tried_by_all,
)
from tests.web.people import Company, browser

SURE = {"sure": "yes"}


def test_everything_is_taken_along(company: Company) -> None:
    subscribe(company.organisation, "designer-trial", term=Term.TRIAL)
    owner, page = browser(company.owner), page_of(company, "settings/data")
    assert tried_by_all(company, page) == INSIDERS_ONLY
    assert "Everything stays while a subscription runs" in text_of(owner, page)
    assert owner.post(page).status_code == 302
    assert "being made" in text_of(owner, page)
    assert make_exports() == 1
    archive = page_of(company, f"settings/data/{public_id('exp', Export.objects.get().id)}")
    assert archive in text_of(owner, page)
    answer = owner.get(archive)
    whole = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it comes in pieces
    assert (whole[:2], answer.headers["Content-Length"]) == (b"PK", str(len(whole)))
    assert tried_by_all(company, archive) == INSIDERS_ONLY
    assert (
        owner.get(page_of(company, f"settings/data/{public_id('exp', new_id())}")).status_code
        == 404
    )
    assert "Tout emporter" in text_of(french(company.owner), page)
    before = statements(owner, page)
    Export.objects.bulk_create(
        Export(
            organisation=company.organisation,
            status="dropped",
            asked_at=START,
            asked_by="test",
            made_at=START,
        )
        for _ in range(9)
    )
    assert statements(owner, page) == before


def test_a_person_is_erased(company: Company) -> None:
    owner, page = browser(company.owner), page_of(company, "settings/data")
    tom = Member.objects.get(email="tom@atelier.example")
    nobody = owner.post(page, {"email": "nobody@x.example"})
    assert nobody.status_code == 422
    assert "Nobody here" in nobody.content.decode()
    asked = owner.post(page, {"email": "Tom@Atelier.example"})
    assert asked.headers["Location"] == page_of(
        company, f"settings/erase/{public_id('mem', tom.id)}"
    )
    erase = asked.headers["Location"]
    assert tried_by_all(company, erase) == INSIDERS_ONLY
    assert "Erase Tom?" in text_of(owner, erase)
    assert owner.post(erase, SURE).status_code == 302
    tom.refresh_from_db()
    assert (tom.name, tom.user) == ("", None)
    last = Member.objects.get(user=company.owner)
    erase = page_of(company, f"settings/erase/{public_id('mem', last.id)}")
    refused = owner.post(erase, SURE)
    assert refused.status_code == 409
    assert "last active owner" in refused.content.decode()
    assert (
        owner.get(page_of(company, f"settings/erase/{public_id('mem', new_id())}")).status_code
        == 404
    )


def test_staff_confirm_that_data_are_gone(company: Company) -> None:
    staff, list_of = browser(company.staff), reverse("backoffice_purges")
    assert "Nothing is to be deleted" in text_of(staff, list_of)
    subscribe(company.organisation, "designer-trial", term=Term.TRIAL)
    owner, page = browser(company.owner), page_of(company, "settings/data")
    confirm = reverse("backoffice_purge", args=[company.id])
    early = staff.post(confirm, SURE)
    assert early.status_code == 409
    assert "A subscription is not gone yet" in early.content.decode()
    advance(company, "2027-04-02")
    assert "No subscription runs any more" in text_of(owner, page)
    advance(company, "2027-04-15")
    assert "due to be deleted" in text_of(owner, page)
    assert confirm in text_of(staff, list_of)
    assert "whose data are due to be deleted" in text_of(staff, reverse("backoffice_overview"))
    assert browser(company.owner).get(confirm).status_code == 404
    few = statements(staff, list_of)
    _many_due(12)
    assert statements(staff, list_of) == few
    assert "Are the data of" in text_of(staff, confirm)
    assert staff.post(confirm, SURE).status_code == 302
    assert Organisation.objects.get(id=company.organisation.id).purged_at is not None
    assert owner.get(page).status_code != 200
    about = text_of(staff, reverse("backoffice_customer", args=[company.id]))
    assert "Data deleted" in about
    assert confirm not in text_of(staff, list_of)


def _many_due(count: int) -> None:
    for number in range(count):
        other = customer(email=f"{number}@due.example")
        Organisation.objects.filter(id=other.id).update(
            purge_due_at=datetime(2027, 4, 14, 22, tzinfo=UTC)
        )
