"""Every address of the web, tried by everybody: strangers find nothing, and nothing breaks.

Addresses are taken from the urls themselves, so that a new page is tried without being listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tenure.access.models import RoleRequest
from tenure.base.clock import machine_now
from tenure.base.ids import public_id
from tenure.billing.models import Document, Payment, PaymentMethod
from tenure.flows.demo import STAFF, prepare_demo
from tenure.flows.demo.people import AOI, HUGO, LEA, LUMIERE
from tenure.flows.policy import ensure_policy
from tenure.orders.models import Cart, Order
from tenure.organisations.models import Invitation, Member, Organisation, StudentProof, User
from tenure.subscriptions.models import Subscription
from tenure.support.models import Request
from tests.web.people import browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.unmeasured]

PUBLIC = {"store_landing", "store_list", "store_role", "store_offer", "help"}
"""What search engines may list, and nothing else."""

Names = Mapping[str, str]


def names() -> list[tuple[str, list[str]]]:
    """Every named address of a page, with what it takes."""
    return [(name, taken) for name, taken in _named(get_resolver("tenure.web.urls").url_patterns)]


def _named(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _named(pattern.url_patterns)
        elif pattern.name:
            found = get_resolver("tenure.web.urls").reverse_dict.getlist(pattern.name)
            yield pattern.name, list(found[0][0][0][1])


def world() -> dict[str, str]:
    """An id of each kind, of the company of the demonstration."""
    company = Organisation.objects.get(name=LUMIERE.name)
    order = Order.objects.filter(organisation=company).order_by("id")[0]
    rows = {
        "organisation": ("org", company.id),
        "member": ("mem", Member.objects.get(organisation=company, email=LEA.email).id),
        "subscription": ("sub", Subscription.objects.filter(organisation=company)[0].id),
        "order": ("ord", order.id),
        "payment": ("pay", Payment.objects.filter(order=order)[0].id),
        "cart": ("cart", Cart.objects.filter(organisation=company)[0].id),
        "invitation": (
            "inv",
            Invitation.objects.filter(organisation=company, status="pending")[0].id,
        ),
        "request": ("req", RoleRequest.objects.filter(organisation=company, status="open")[0].id),
        "case": ("req", Request.objects.filter(organisation=company)[0].id),
        "proof": ("prf", StudentProof.objects.all()[0].id),
        "user": ("usr", User.objects.get(email=STAFF.email).id),
        "key": ("key", company.id),
        "quote": ("quo", company.id),
        "document": ("doc", Document.objects.filter(order=order)[0].id),
        "card": ("pm", PaymentMethod.objects.filter(organisation=company)[0].id),
    }
    ids = {name: public_id(prefix, id_) for name, (prefix, id_) in rows.items()}
    return ids | {
        "audience": "business",
        "offer": "drafter-business",
        "role": "drafter",
        "base": "console",
        "uidb36": "1",
        "pk": "1",
        "form": "pdf",
        "token": "nothing",
        "kept": "nothing",
        "mail": public_id("mail", company.id),
    }


def path_of(name: str, taken: list[str], ids: Mapping[str, str]) -> str:
    return reverse(name, kwargs={each: ids.get(each, "1") for each in taken})


def test_every_address_is_tried_by_everybody() -> None:
    now = machine_now()
    ensure_policy(now=now)
    prepare_demo(key="tenure_demo", now=now)
    ids = world()
    paths = {name: path_of(name, taken, ids) for name, taken in names()}
    cast = {
        "nobody": Client(),
        "owner": _as(LUMIERE.owner.email),
        "administrator": _as(HUGO.email),
        "teammate": _as(LEA.email),
        "stranger": _as(AOI.email),
        "staff": _as(STAFF.email),
    }
    wrong = [
        f"{who} {method} {path}: {said}"
        for method in ("get", "post")
        for who, client in cast.items()
        for name, path in paths.items()
        for said in _tried(who, client, method, name, path)
    ]
    assert wrong == []


def _tried(who: str, client: Client, method: str, name: str, path: str) -> Iterator[str]:
    """What is wrong about one answer."""
    if method == "post" and path.startswith("/account/"):
        return  # nobody is to be logged out on the way
    client.raise_request_exception = False
    answer = getattr(client, method)(path)
    if answer.status_code >= 500:
        yield str(answer.status_code)
        return
    inside = path.startswith("/console/")
    if inside or path.startswith("/backoffice/"):
        allowed = {"owner", "administrator"} if inside else {"staff"}
        if who not in allowed | {"nobody"} and answer.status_code not in {404, 405}:
            yield f"{answer.status_code}, where there should be nothing"
        if who == "nobody" and not (
            answer.status_code == 405 or answer.headers.get("Location", "").startswith("/account/")
        ):
            yield f"{answer.status_code}, not led to log in"
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return
    if "default-src" not in answer.headers.get("Content-Security-Policy", ""):
        yield "no policy"
    if method == "get" and answer.status_code == 200:
        robots = re.search(r'<meta name="robots" content="noindex', answer.content.decode())
        header = "noindex" in answer.headers.get("X-Robots-Tag", "")
        if (name in PUBLIC) is bool(robots or header):
            yield "is to be found" if name not in PUBLIC else "is not to be found"


def _as(email: str) -> Client:
    return browser(User.objects.get(email=email))
