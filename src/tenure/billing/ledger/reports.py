"""What the books say: balances, revenue by month and offer, what is still to be earned (R48)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from tenure.billing.ledger.rules.accounts import Account
from tenure.billing.ledger.rules.posting import Balance

IN_TRANSIT: Final = (
    Account.CARD_CLEARING,
    Account.SUSPENSE,
    Account.SURPLUS,
    Account.REFUNDS_SENT,
)
"""Where money stands that is on its way, or not explained."""


@dataclass(frozen=True, slots=True)
class Earned:
    """Revenue of one month (its first day) from one offer, in the accounting currency."""

    month: date
    offer: str
    amount: int


def account_balances(
    *, until: date | None = None, accounts: Sequence[Account] = tuple(Account)
) -> list[Balance]:
    """Debits less credits by account and currency, of entries up to the day ``until``."""
    rows = _rows(_BALANCES, {"until": until, "accounts": [account.value for account in accounts]})
    return [Balance(Account(account), currency, amount) for account, currency, amount in rows]


_BALANCES: Final = """
    SELECT account, currency, sum(amount)::bigint
    FROM (
        SELECT debit AS account, currency, amount, "on" FROM billing_entry
        UNION ALL
        SELECT credit, currency, -amount, "on" FROM billing_entry
    ) AS side
    WHERE account = ANY(%(accounts)s) AND (%(until)s::date IS NULL OR "on" <= %(until)s::date)
    GROUP BY account, currency
    HAVING sum(amount) <> 0
    ORDER BY account, currency
"""


def revenue_by_month(*, first: date, last: date) -> list[Earned]:
    """Revenue posted for days from ``first`` to ``last``, by month and offer, oldest first."""
    rows = _rows(_REVENUE, {"first": first, "last": last, "revenue": Account.REVENUE.value})
    return [Earned(month, offer, amount) for month, offer, amount in rows]


_REVENUE: Final = """
    SELECT date_trunc('month', entry."on")::date AS month, recognition.offer,
           sum(CASE entry.credit WHEN %(revenue)s THEN entry.accounting_amount
                                 ELSE -entry.accounting_amount END)::bigint
    FROM billing_entry AS entry
    JOIN billing_recognition AS recognition ON recognition.id = entry.source
    WHERE entry."on" BETWEEN %(first)s AND %(last)s
      AND %(revenue)s IN (entry.debit, entry.credit)
    GROUP BY month, recognition.offer
    ORDER BY month, recognition.offer
"""


def deferred_revenue(*, on: date) -> list[tuple[str, int]]:
    """What is sold and not earned by the end of the day ``on``, by currency in minor units.

    The ledger knows it by the month; what the month of ``on`` earned so far is computed by the
    day and taken off.
    """
    return [(currency, amount) for currency, amount in _rows(_DEFERRED, {"on": on})]


_DEFERRED: Final = """
    WITH month AS (
        SELECT date_trunc('month', %(on)s::date)::date AS first, %(on)s::date + 1 AS after,
               %(on)s::date + 1 = (date_trunc('month', %(on)s::date) + interval '1 month')::date
               AS over
    ), booked AS (
        SELECT currency,
               sum(CASE credit WHEN 'deferred_revenue' THEN amount ELSE -amount END) AS rest
        FROM billing_entry
        WHERE "on" <= %(on)s AND 'deferred_revenue' IN (debit, credit)
        GROUP BY currency
    ), days AS (
        SELECT paper.currency, net, ends_on - starts_on AS days,
               least(month.after, ends_on) - starts_on AS now,
               CASE WHEN paper.issued_on >= month.first THEN 0
                    ELSE greatest(month.first - starts_on, 0) END AS before
        FROM billing_recognition
        JOIN billing_document AS paper ON paper.id = document_id, month
        WHERE starts_on < month.after AND greatest(ends_on, paper.issued_on + 1) > month.first
          AND paper.issued_on <= %(on)s
          AND NOT (month.over AND (next_on IS NULL OR next_on > %(on)s))
    ), earned AS (
        SELECT currency, sum(round(net * now::numeric / days) - round(net * before::numeric / days))
               AS since
        FROM days GROUP BY currency
    )
    SELECT currency, (booked.rest - coalesce(earned.since, 0))::bigint AS amount
    FROM booked LEFT JOIN earned USING (currency)
    WHERE booked.rest <> coalesce(earned.since, 0)
    ORDER BY currency
"""
"""A month that was posted already, on its last day, is in what is booked. What was earned before
its invoice is posted with the month of the invoice."""


def money_in_transit() -> list[Balance]:
    """What cards paid and is not paid out, what nobody has explained, what is to be given back."""
    return account_balances(accounts=IN_TRANSIT)


def _rows(statement: str, figures: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, figures)
        return list(cursor.fetchall())
