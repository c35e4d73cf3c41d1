"""The paper: archival, tagged, the same bytes each time, with its data and their description."""

from __future__ import annotations

import io
from datetime import date

import facturx
import pikepdf
import pytest

from tenure.billing.documents.content import (
    Content,
    Mention,
    MentionCode,
    TaxCategory,
    TaxLine,
)
from tenure.billing.documents.facturx import render_xml
from tenure.billing.documents.page import grouped, page
from tenure.billing.documents.paper import render_pdf
from tenure.billing.documents.xmp import say_facturx
from tests.billing.papers import (
    BUYER,
    BY_TRANSFER,
    GERMAN,
    JAPANESE,
    SELLER,
    changed,
    consumer,
    credit_note,
    in_dollars,
    invoice,
    line,
    pro_forma,
    quote,
    receipt,
    untaxed,
)

FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
KINDS = [invoice(), credit_note(), pro_forma(), quote(), receipt()]


def opened(content: Content) -> pikepdf.Pdf:
    """The paper, read by another library."""
    return pikepdf.open(io.BytesIO(render_pdf(content)))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("content", KINDS, ids=[content.kind for content in KINDS])
def test_every_kind_is_for_archives_and_for_who_reads_by_ear(
    content: Content, language: str
) -> None:
    with opened(changed(content, language=language)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert pdf.Root.Lang == language
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as said:
            assert said.pdfa_status == "3A"
            assert said["pdfuaid:part"] == "1"
            assert content.number in said["dc:title"]
            assert (f"{FX}ConformanceLevel" in said) is content.kind.is_fiscal


@pytest.mark.parametrize("content", [invoice(), credit_note()], ids=["invoice", "credit_note"])
def test_its_data_are_inside_and_described_for_others(content: Content) -> None:
    paper = render_pdf(content)
    name, inside = facturx.get_facturx_xml_from_pdf(paper, check_xsd=False)
    assert (name, inside) == ("factur-x.xml", render_xml(content))
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        (attached,) = pdf.Root.AF
        assert attached.AFRelationship == "/Alternative"
        assert attached.EF.F.Subtype == "/text/xml"
        with pdf.open_metadata() as said:
            assert said[f"{FX}DocumentFileName"] == "factur-x.xml"
            assert said[f"{FX}DocumentType"] == "INVOICE"
            assert said[f"{FX}Version"] == "1.0"
            assert said[f"{FX}ConformanceLevel"] == "EN 16931"


def test_the_same_content_is_the_same_bytes() -> None:
    first = render_pdf(invoice())
    assert render_pdf(credit_note()) != first
    assert render_pdf(invoice()) == first


def test_sixty_lines_take_a_few_pages_each_with_the_tables_head() -> None:
    lines = tuple(line(net=0, tax=0, unit_price=0, name=f"Rôle {n}") for n in range(59))
    with opened(invoice(lines=(*invoice().lines, *lines))) as pdf:
        assert 3 <= len(pdf.pages) <= 6


@pytest.mark.parametrize("name", ["山田太郎", "ᚠᛇᚻ 😀", "\ufeff\ue000", "e\u0301\u0489", "A" * 200])
def test_no_letter_stops_a_paper(name: str) -> None:
    assert render_pdf(pro_forma(buyer=changed(BUYER, name=name))).startswith(b"%PDF-1.7")


def test_a_logo_stands_in_the_names_place() -> None:
    logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'
    seller = changed(SELLER, logo=logo)
    assert render_pdf(quote(seller=seller)) != render_pdf(quote())


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\nstartxref\n9\n%%EOF"])
def test_a_file_of_another_build_is_not_described(pdf: bytes) -> None:
    with pytest.raises(ValueError, match="Typst"):
        say_facturx(pdf)


def test_metadata_without_schemas_are_not_described() -> None:
    paper = render_pdf(quote()).replace(b"<pdfaExtension:schemas>", b"<pdfaExtension:schemes>")
    with pytest.raises(ValueError, match="schemas"):
        say_facturx(paper)


class TestPage:
    """What stands there, before it is drawn."""

    def test_a_company_reads_nets_and_a_consumer_both(self) -> None:
        names = [name for name, _ in page(consumer())["columns"]]
        assert names[-2:] == ["Montant HT EUR", "Montant TTC EUR"]
        assert len(page(invoice())["columns"]) == 5
        for content in (consumer(), invoice()):
            assert sum(width for _, width in page(content)["columns"]) == 174

    @pytest.mark.parametrize(
        ("name", "height"),
        [
            ("Dessinateur", 36.5),
            ("Rôle « Été »", 36.5),
            ("W" * 30, None),
            ("a\nb", None),
            ("山田", None),
        ],
    )
    def test_a_row_is_given_its_height_where_it_is_sure(
        self, name: str, height: float | None
    ) -> None:
        said = page(invoice(lines=(line(name=name),)))
        assert said["lines"][0]["height"] == height
        alone = line(name=name[:2], description="", starts_on=None)
        assert page(invoice(lines=(alone,)))["lines"][0]["height"] in (16.5, None)

    def test_facts_and_taxes_too(self) -> None:
        assert (page(invoice())["facts-height"], page(invoice())["taxes-height"]) == (17, 15)
        far = TaxLine(category=TaxCategory.STANDARD, rate=2100, net=1, tax=0, country="BA")
        said = page(invoice(taxes=(far,), purchase_order="PO-" + "4711" * 9))
        assert (said["facts-height"], said["taxes-height"]) == (None, None)

    def test_what_is_paid_is_settled_and_what_is_not_is_due(self) -> None:
        assert page(invoice())["sum"][0] == "Soldé"
        assert page(pro_forma())["sum"] == ("Net à payer", "1\u202f728,00\xa0€")
        assert page(receipt())["sum"] == ("Reçu", "1\u202f000,00\xa0€")
        assert ("Reste à payer", "728,00\xa0€") in page(receipt())["totals"]
        assert page(quote(language="en"))["sum"] == ("Total", "€1,728.00")

    def test_a_pro_forma_says_where_to_pay(self) -> None:
        payment = page(pro_forma())["payment"]
        assert ("IBAN", "FR76\xa03000\xa06000\xa00112\xa03456\xa07890\xa0189") in payment["rows"]
        assert payment["qr"].startswith("<svg")
        assert "RF18539007547034" in payment["qr-alt"]
        assert page(pro_forma(currency="USD"))["payment"]["qr"] is None

    @pytest.mark.parametrize(
        ("payment", "words"),
        [
            ({"paid_on": date(2026, 12, 1)}, "Réglé par virement le 1er\xa0décembre\xa02026."),
            ({"iban": ""}, None),
        ],
    )
    def test_a_transfer_that_came(self, payment: dict[str, object], words: str | None) -> None:
        said = page(invoice(payment=changed(BY_TRANSFER, **payment)))["payment"]  # type: ignore[arg-type]
        assert (said and said["words"]) == words

    def test_a_card(self) -> None:
        known = changed(invoice().payment, card_last4="4242")  # type: ignore[arg-type]
        assert "•••• 4242" in page(invoice(payment=known))["payment"]["words"]
        waiting = changed(invoice().payment, paid_on=None)  # type: ignore[arg-type]
        assert page(invoice(payment=waiting))["payment"]["words"] == "Par carte."

    def test_a_credit_note_says_why_and_of_what(self) -> None:
        said = page(credit_note())
        assert said["lead"] == "Motif\N{NO-BREAK SPACE}: Annulation de la commande"
        assert ("Rectifie", "INV-2026-000001 du 27/11/2026") in said["facts"]
        assert page(credit_note(reason="", payment=BY_TRANSFER))["payment"] is None

    def test_a_quote_can_be_accepted(self) -> None:
        payment = page(quote(language="en"))["payment"]
        assert payment["link-text"] == "Accept this quote"
        assert payment["words"] == "This quote can be accepted until December\xa027,\xa02026."
        assert page(quote(link="", valid_until=None))["payment"] is None

    def test_a_test_clocks_paper_is_void(self) -> None:
        assert "horloge" in page(invoice(test_clock=True))["void"]
        assert render_pdf(pro_forma(test_clock=True))

    def test_taxes_are_named(self) -> None:
        def first(content: Content) -> str:
            return str(page(content)["taxes"][0][0])

        assert first(invoice()) == "20\xa0%"
        oss = TaxLine(category=TaxCategory.STANDARD, rate=1900, net=1, tax=0, country="DE")
        assert first(invoice(taxes=(oss,), buyer=GERMAN)) == "19\xa0% (Allemagne)"
        assert first(untaxed(TaxCategory.REVERSE_CHARGE)) == "Reverse charge"
        assert first(untaxed(TaxCategory.OUTSIDE)) == "No VAT"
        assert first(untaxed(TaxCategory.EXEMPT)) == "Exempt"
        assert page(untaxed(TaxCategory.OUTSIDE))["lines"][0]["cells"][2] == "–"

    def test_the_accounting_currency_stands_beside_the_taxes(self) -> None:
        sums, rate = page(in_dollars())["accounting"]
        assert sums == "In EUR: net €1,329.15, VAT €265.83, total €1,594.98."
        assert rate == "1 EUR = 1.0834 USD on November\xa026,\xa02026."
        assert page(in_dollars(currency="EUR"))["accounting"] == []
        assert "1,0834" in page(in_dollars(language="fr"))["accounting"][1]

    def test_a_party_abroad(self) -> None:
        said = page(invoice(buyer=JAPANESE))["buyer"]
        assert said["lines"][-1] == "Japon"
        assert said["numbers"] == []

    def test_what_renews_says_until_when(self) -> None:
        mentions = (Mention(code=MentionCode.RENEWS, text="2027-11-21"),)
        said = page(invoice(language="en", mentions=mentions))["mentions"]
        assert said[0] == "Renews by itself; the last day to stop it is November\xa021,\xa02027."
        assert said[1] == "Category of operation: services."

    def test_debits_and_words_of_the_vendors(self) -> None:
        mentions = (Mention(code=MentionCode.FREE, text="Merci."),)
        said = page(invoice(vat_on_debits=True, mentions=mentions))["mentions"]
        assert said[0] == "Merci."
        assert said[-1] == "Option pour le paiement de la taxe d’après les débits."


def test_a_number_is_read_by_fours() -> None:
    assert grouped("RF18 5390 07") == "RF18\xa05390\xa007"
