"""Whoever looks after the bill alone sees the Billing tab, and is led to it (R35)."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tenure.web.edge.visits import Desk


def to_the_bill(desk: Desk) -> HttpResponse:
    """On to Billing: mails lead billing contacts to pages that are others'."""
    return desk.redirect(reverse("console_billing", args=[desk.organisation_id]))
