"""Which series a document is numbered in (R46)."""

from __future__ import annotations

from typing import Final

from tenure.billing.documents.content import DocumentKind

_SERIES: Final = {
    DocumentKind.INVOICE: "INV",
    DocumentKind.CREDIT_NOTE: "CN",
    DocumentKind.PRO_FORMA: "PF",
    DocumentKind.QUOTE: "QUO",
    DocumentKind.RECEIPT: "REC",
}
_RENEWALS: Final = "REN"
_TEST_CLOCK: Final = "T"


def series_of(kind: DocumentKind, *, renewal: bool = False, test_clock: bool = False) -> str:
    """The series of a document; renewals' invoices have one of their own.

    ``test_clock`` says that one issues it, so that no real number depends on one.
    """
    renews = renewal and kind is DocumentKind.INVOICE
    return (_TEST_CLOCK if test_clock else "") + (_RENEWALS if renews else _SERIES[kind])
