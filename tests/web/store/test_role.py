"""The page of a role: what it opens, and which offers bring it."""

from __future__ import annotations

import pytest

from tenure.catalogue.file.sample import sample_catalogue, sample_source
from tenure.flows.catalogue_import import import_file
from tenure.flows.policy import ensure_policy
from tests.shop import START, open_shop
from tests.web.store.stores import english, french, text

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_says_what_it_opens_and_how_to_get_it() -> None:
    open_shop()
    page = text(english().get("/store/business/roles/designer"))
    for said in ("Designer", "Draws.", "Modeller", "draw, export", "€1,200", "Trial of 30 days"):
        assert said in page
    assert "/store/business/bench-business" in page
    assert "/store/creator/roles/designer" in page
    assert "Dessine." in text(french().get("/store/business/roles/designer"))


def test_whom_it_is_not_sold_to_learns_who_can_have_it() -> None:
    open_shop()
    page = english().get("/store/creator/roles/analyst")
    assert page.status_code == 200
    assert "This role is not offered to makers." in text(page)
    assert "/store/business/roles/analyst" in text(page)
    assert '<meta name="robots" content="noindex">' in text(page)


@pytest.mark.parametrize("role", ["nothing", "%00"])
def test_what_is_not_there_is_not_found(role: str) -> None:
    open_shop()
    assert english().get(f"/store/business/roles/{role}").status_code == 404


def test_what_it_builds_on_is_said() -> None:
    ensure_policy(now=START)
    import_file(file=sample_catalogue(), source=sample_source(), now=START, by="command")
    role = next(role for role in sample_catalogue().roles if role.requires)
    audience = next(offer.audience for offer in sample_catalogue().offers if role.id in offer.roles)
    page = text(english().get(f"/store/{audience}/roles/{role.id}"))
    assert "It builds on" in page
    assert f'href="/store/{audience}/roles/{role.requires[0]}"' in page
