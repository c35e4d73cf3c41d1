"""The code that fills in a transfer: when a document has one."""

from __future__ import annotations

import pytest

from tenure.billing.documents.content import Content
from tenure.billing.documents.epc import epc_qr
from tests.billing.papers import BY_TRANSFER, changed, invoice, pro_forma


@pytest.mark.parametrize(
    "content",
    [
        invoice(),
        pro_forma(payment=None),
        pro_forma(currency="USD"),
        pro_forma(payment=changed(BY_TRANSFER, iban="")),
        pro_forma(paid=172800),
    ],
)
def test_there_is_none(content: Content) -> None:
    assert epc_qr(content) is None


def test_is_a_picture_that_needs_nothing_else() -> None:
    drawn = epc_qr(pro_forma())
    assert drawn is not None
    assert drawn.startswith("<svg")
    assert "href" not in drawn
    assert epc_qr(pro_forma(payment=changed(BY_TRANSFER, account_holder=""))) == drawn
