"""Where the pages are that mails lead to."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from tenure.base.ids import public_id
from tenure.organisations.queries import invitation_token
from tenure.support.queries.requests import request_token


def page(path: str) -> str:
    """The full address of a page of this installation; ``path`` begins with a slash."""
    return f"{settings.PUBLIC_URL}{path}"


def invitation_page(invitation: UUID) -> str:
    """Where an invitation is accepted (R36)."""
    return page(f"/invitations/{invitation_token(invitation)}")


def order_page(order: UUID) -> str:
    """Where an order is seen, and paid if it is not yet."""
    return page(f"/orders/{public_id('ord', order)}")


def bank_page(payment: UUID) -> str:
    """Where a sandbox's customer takes the step that the bank asks for."""
    return page(f"/sandbox/bank/{public_id('pay', payment)}")


def console_page(organisation: UUID, tab: str = "") -> str:
    """An organisation's console, or one tab of it."""
    return page(f"/console/{public_id('org', organisation)}/{tab}")


def subscription_page(organisation: UUID, subscription: UUID, rest: str = "") -> str:
    """One of an organisation's subscriptions, or a page about it."""
    return console_page(organisation, f"subscriptions/{public_id('sub', subscription)}{rest}")


def home_page() -> str:
    """What a member holds."""
    return page("/home/")


def ownership_page(organisation: UUID, offer: UUID) -> str:
    """Where whoever is offered the ownership of an organisation answers (R34)."""
    return page(f"/home/{public_id('org', organisation)}/ownership/{public_id('own', offer)}")


def staff_page(path: str = "") -> str:
    """The vendor's back office."""
    return page(f"/backoffice/{path}")


def confirm_page(request: UUID) -> str:
    """Where who withdrew without logging in confirms that it was them (R33)."""
    return page(f"/contract/end/{request_token(request)}")
