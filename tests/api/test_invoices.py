"""Papers over HTTP: lists by kind, one by one, and with their order."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.base.clock import machine_now
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.billing.documents.composing import transfer_to
from tenure.billing.models import Document, DocumentFile, DocumentFormat
from tenure.events.journal import transaction
from tenure.flows.documents import (
    Credit,
    ProForma,
    issue_credit_notes,
    issue_invoices,
    issue_pro_formas,
    read_bought,
)
from tenure.flows.documents.files import document_file
from tenure.flows.verify.run import verify
from tenure.orders.models import Order
from tests.api.cast import Cast, cart_with, order
from tests.flows.crowd import at_once
from tests.shop import START

pytestmark = pytest.mark.django_db(transaction=True)


def paid_order(cast: Cast, key: str = "k1") -> str:
    """The id of a paid order."""
    placed = order(
        cast.own, cast.org, cart_with(cast.own, cast.org, ("designer-business", 1)), key=key
    )
    return str(placed.body["id"])


def taken_back(invoice: str) -> None:
    """The invoice is taken back by a credit note."""
    row = Document.objects.get(id=parse_public_id("doc", invoice))
    with transaction(now=START, by="test") as journal:
        issue_credit_notes(corrections=[Credit(row)], journal=journal)


def test_an_order_names_its_papers(cast: Cast) -> None:
    id_ = paid_order(cast)
    bought = cast.own.get(f"/orders/{id_}").body
    assert bought["credit_note"] is None
    invoice = cast.own.get(f"/invoices/{bought['invoice']}").body
    assert (invoice["kind"], invoice["number"]) == ("invoice", "TINV-2027-000001")
    assert (invoice["order"], invoice["total"]) == (id_, bought["total"])
    assert invoice["issued_on"] == "2027-03-01"
    taken_back(invoice["id"])
    after = cast.own.get(f"/orders/{id_}").body
    note = cast.own.get(f"/invoices/{after['credit_note']}").body
    assert (note["kind"], note["corrects"]) == ("credit_note", invoice["id"])
    assert after["invoice"] == invoice["id"]


def test_papers_are_listed_oldest_first_and_by_kind(cast: Cast) -> None:
    path = f"/organisations/{cast.org}/invoices"
    assert cast.own.get(path).body == {"data": [], "next_cursor": None}
    first = cast.own.get(f"/orders/{paid_order(cast)}").body["invoice"]
    taken_back(first)
    paid_order(cast, "k2")
    kinds = [each["kind"] for each in cast.own.get(path).body["data"]]
    assert kinds == ["invoice", "credit_note", "invoice"]
    page = cast.own.get(f"{path}?limit=2")
    rest = cast.own.get(f"{path}?limit=2&cursor={page.body['next_cursor']}")
    assert [each["kind"] for each in rest.body["data"]] == ["invoice"]
    only = cast.own.get(f"{path}?kind=credit_note").body["data"]
    assert [each["corrects"] for each in only] == [first]
    assert cast.own.get(f"{path}?kind=receipt").body["data"] == []
    assert cast.own.get(f"{path}?kind=bill").status == 422
    assert cast.own.get("/invoices/doc_nobody").status == 404


def test_a_long_list_costs_what_a_short_one_does(cast: Cast) -> None:
    id_ = parse_public_id("ord", paid_order(cast))
    bought = read_bought([Order.objects.get(id=id_)])
    path = f"/organisations/{cast.org}/invoices?limit=200"
    counts = []
    for size in (1, 200):
        with CaptureQueriesContext(connection) as statements:
            assert len(cast.own.get(path).body["data"]) == size
        counts.append(len(statements))
        with transaction(now=START, by="test") as journal:
            issue_invoices(orders=bought * 199, journal=journal)
    assert counts[0] == counts[1]


def test_a_paper_is_made_once_and_handed_out_as_it_is(cast: Cast) -> None:
    invoice = cast.own.get(f"/orders/{paid_order(cast)}").body["invoice"]
    for form, start in (("pdf", b"%PDF"), ("xml", b"<?xml")):
        first, second = (cast.own.get(f"/invoices/{invoice}/{form}") for _ in range(2))
        assert (first.status, first.content[: len(start)]) == (200, start)
        assert first.headers["Content-Disposition"] == (
            f'attachment; filename="TINV-2027-000001.{form}"'
        )
        assert second.content == first.content
        kept = DocumentFile.objects.get(format=form)
        assert sha256(first.content).hexdigest() == kept.sha256
    assert all(each.holds for each in verify(now=machine_now()))


def test_two_who_ask_first_get_the_same(cast: Cast) -> None:
    invoice = cast.own.get(f"/orders/{paid_order(cast)}").body["invoice"]
    document = parse_public_id("doc", invoice)
    made = at_once(
        6, lambda _: document_file(document=document, form=DocumentFormat.PDF, by="test")
    )
    assert len({(each.id, bytes(each.data)) for each in made}) == 1


def test_only_what_the_law_wants_as_data_has_xml(cast: Cast) -> None:
    bought = read_bought([Order.objects.get(id=parse_public_id("ord", paid_order(cast)))])
    form = ProForma(bought[0], transfer_to({}, "RF18539007547034"), valid_until=date(2027, 4, 1))
    with transaction(now=START, by="test") as journal:
        (paper,) = issue_pro_formas(orders=[form], journal=journal)
    path = f"/invoices/{public_id('doc', paper.id)}"
    assert cast.own.get(f"{path}/pdf").content.startswith(b"%PDF")
    none = cast.own.get(f"{path}/xml")
    assert (none.status, none.code) == (404, "document_without_xml")
    with pytest.raises(NotFound):
        document_file(document=paper.organisation_id, form=DocumentFormat.PDF, by="test")
