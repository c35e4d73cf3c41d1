"""What the sample vendor's bank and staff have to do: money that waits, comes, and goes back."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Final

from tenure.billing.bank.reference import reference_of
from tenure.flows.bank_import import import_statement, vendor_accounts
from tenure.flows.cancellation import NewCancellation, ask_cancellation
from tenure.flows.demo.life import BY, Life
from tenure.flows.placing import TransferPayment

_PART: Final = "100.00"
"""What has come so far of the order by transfer, as the bank writes it."""
_UNEXPLAINED: Final = "250.00"


def buy_by_mistake(life: Life) -> None:
    """Twice the same, taken back the next day: a credit note, and money that went back (R28)."""
    order = life.buy({"animator-business": 1})
    life.days_pass(1)
    new = NewCancellation(
        order=order,
        language=life.sample.language,
        reason="Commandé deux fois par erreur.",
        email=life.sample.owner.email,
        name=life.sample.owner.name,
    )
    ask_cancellation(new=new, now=life.now, by=life.by_owner)


def await_transfers(life: Life) -> None:
    """An order by transfer, of which a part has come; and money that names no order (R15)."""
    order = life.buy({"visual-artist-business": 2}, payment=TransferPayment())
    account = next(iter(vendor_accounts()))
    day = (life.until - timedelta(days=1)).date().isoformat()
    rows = (
        ("date", "amount", "currency", "account", "name", "reference"),
        (day, _PART, "EUR", account, life.sample.billing.name, reference_of(order)),
        (day, _UNEXPLAINED, "EUR", account, "Bureau d'études Arcadia", "Facture du mois"),
    )
    content = "\n".join(",".join(row) for row in rows)
    source = io.BytesIO(content.encode())
    import_statement(source=source, name="compte-courant.csv", now=life.until, by=BY)
