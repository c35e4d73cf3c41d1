"""The code that fills in a transfer: what it says, and when there is none (EPC069-12)."""

from __future__ import annotations

import pytest

from tenure.billing.documents.content import Content
from tenure.billing.documents.epc import MOST, epc_payload, epc_qr
from tests.billing.papers import BY_TRANSFER, changed, invoice, pro_forma


def test_says_whom_to_pay_how_much_under_which_reference() -> None:
    assert epc_payload(pro_forma()) == (
        "BCD\n002\n1\nSCT\nAGRIFRPP\nAtelier du Pont\nFR7630006000011234567890189\nEUR1728.00\n\n"
        "RF18539007547034\n"
    )


def test_without_a_reference_the_number_is_the_word() -> None:
    said = epc_payload(pro_forma(payment=changed(BY_TRANSFER, reference="", account_holder="")))
    assert said is not None
    assert said.split("\n")[-2:] == ["", "PF-2026-000001"]
    assert said.split("\n")[5] == "Atelier du Pont"


@pytest.mark.parametrize(
    "content",
    [
        invoice(),
        pro_forma(payment=None),
        pro_forma(currency="USD"),
        pro_forma(payment=changed(BY_TRANSFER, iban="")),
        pro_forma(paid=172800),
        pro_forma(total=MOST + 1),
    ],
)
def test_there_is_none(content: Content) -> None:
    assert epc_payload(content) is None
    assert epc_qr(content) is None


def test_is_a_picture_that_needs_nothing_else() -> None:
    drawn = epc_qr(pro_forma())
    assert drawn is not None
    assert drawn.startswith("<svg")
    assert "href" not in drawn
