"""What happened before there was a ledger is booked when the database is brought up to date (R48).

In batches that can be killed anywhere: what is left is booked by the next start.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef

from tenure.billing.documents.content import parse
from tenure.billing.models import Document, Entry, Payment, PaymentStatus, Refund, RefundStatus
from tenure.catalogue.queries.vendor import VendorFacts, vendor
from tenure.events.journal import Journal, transaction
from tenure.flows.bookkeeping import book_papers, book_payments, book_refunds
from tenure.policy.words import PaymentMethod

BATCH: Final = 300
"""How many papers or payments one transaction books."""


def book_what_is_missing(*, now: datetime) -> int:
    """Book papers, card payments and card refunds that no entry tells of; returns how many.

    Three statements if none is missing. ``now`` is the machine's instant.
    """
    seller = vendor(sandbox=settings.SANDBOX)
    done = 0
    for book in (_papers, _payments, _refunds):
        count = BATCH
        while count == BATCH:
            with transaction(now=now, by="worker") as journal:
                count = book(seller, journal)
            done += count
    return done


def _papers(seller: VendorFacts, journal: Journal) -> int:
    booked = Entry.objects.filter(document=OuterRef("pk"), cause__in=["invoice", "credit_note"])
    late = Document.objects.filter(kind__in=["invoice", "credit_note"], total__gt=0)
    found = list(late.filter(~Exists(booked)).order_by("id").select_for_update(no_key=True)[:BATCH])
    issued = [(each, parse(each.content.encode())) for each in found]
    book_papers(issued=issued, seller=seller, journal=journal)
    return len(found)


def _payments(seller: VendorFacts, journal: Journal) -> int:
    booked = Entry.objects.filter(source=OuterRef("pk"), cause="card_payment")
    paid = Payment.objects.filter(method=PaymentMethod.CARD, status=PaymentStatus.CAPTURED)
    found = list(paid.filter(~Exists(booked)).order_by("id").select_for_update(no_key=True)[:BATCH])
    book_payments(payments=found, seller=seller, journal=journal)
    return len(found)


def _refunds(_seller: VendorFacts, journal: Journal) -> int:
    booked = Entry.objects.filter(source=OuterRef("pk"), cause="card_refund")
    back = Refund.objects.filter(method=PaymentMethod.CARD, status=RefundStatus.DONE)
    found = list(back.filter(~Exists(booked)).order_by("id").select_for_update(no_key=True)[:BATCH])
    book_refunds(refunds=found, journal=journal)
    return len(found)
