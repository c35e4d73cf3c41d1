"""Members: found, looked at, changed, suspended, removed (R34, R37)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.access.models import Seat
from tenure.base.ids import public_id
from tenure.flows.ownership import offer_ownership
from tenure.flows.seats import assign_seat
from tenure.organisations.models import Member, OwnershipOffer
from tenure.organisations.rules import MemberStatus, Standing
from tests.api.cast import key_for
from tests.api.talking import Api
from tests.shop import START, owner_of, subscribe
from tests.web.people import PASSWORD, Company, browser, join
from tests.web.team.world import crowd, named


def pages(company: Company) -> str:
    return f"/console/{company.id}/members"


def page_of(company: Company, member: Member) -> str:
    return f"{pages(company)}/{public_id('mem', member.id)}"


def teammate(company: Company) -> Member:
    return Member.objects.get(user=company.teammate, organisation=company.organisation)


def text(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("below", ["", "/invite", "/file", "/file/sample", "/invitations"])
def test_owners_see_it_and_nobody_else_does(company: Company, below: str) -> None:
    path = pages(company) + below
    assert browser(company.owner).get(path).status_code == 200
    for other in (company.teammate, company.stranger, company.staff):
        assert browser(other).get(path).status_code == 404
    assert browser().get(path).status_code == 302


@pytest.mark.parametrize("below", ["", "/suspend", "/remove"])
def test_one_member_is_shown_to_owners_alone(company: Company, below: str) -> None:
    path = page_of(company, teammate(company)) + below
    assert browser(company.owner).get(path).status_code == 200
    for other in (company.teammate, company.stranger, company.staff):
        assert browser(other).get(path).status_code == 404


def test_a_member_of_elsewhere_is_not_found_here(company: Company) -> None:
    other = Member.objects.get(user=company.stranger)
    client = browser(company.owner)
    for below in ("", "/suspend", "/remove", "/ownership"):
        assert client.get(page_of(company, other) + below).status_code == 404
    assert client.post(page_of(company, other) + "/remove").status_code == 404
    assert client.post(page_of(company, other) + "/seats", {"assign": "sub_x"}).status_code == 404


@pytest.mark.parametrize("words", ["eloise", "ÉLOÏSE", "lefevre élo", "e.l@ate", "Éloïse L"])
def test_a_search_forgives_case_and_accents(company: Company, words: str) -> None:
    named(company.organisation, "Éloïse Lefèvre", "e.l@atelier.example")
    client = browser(company.owner)
    found = client.get(pages(company), {"q": words}).content.decode()
    assert "Éloïse Lefèvre" in found
    assert "tom@atelier.example" not in found


@pytest.mark.parametrize("page", ["members?q=%00", "roles?q=a%00b", "roles/by-role/designer?q=%00"])
def test_what_no_column_can_hold_is_a_bad_request(company: Company, page: str) -> None:
    subscribe(company.organisation)
    client = browser(company.owner)
    assert client.get(f"/console/{company.id}/{page}").status_code == 400
    client.cookies["session"] = "\0" * 32
    assert client.get(f"/console/{company.id}/{page}").status_code == 302


def test_the_way_back_to_a_member_keeps_every_sign_of_an_address(company: Company) -> None:
    subscribe(company.organisation)
    row = named(company.organisation, "Ann", "ann+cad&co@atelier.example")
    roles = f"/console/{company.id}/roles"
    page = browser(company.owner).get(f"{roles}/free/{public_id('mem', row.id)}/designer")
    assert f"{roles}?q=ann%2Bcad%26co%40atelier.example" in page.content.decode()


def test_names_are_sorted_without_accents_over_pages(company: Company) -> None:
    crowd(company.organisation, 60)
    named(company.organisation, "Émile Zola", "zola@atelier.example")
    named(company.organisation, "Fanny", "fanny@atelier.example")
    client = browser(company.owner)
    first = text(client, pages(company))
    assert first.index("Émile Zola") < first.index("Fanny") < first.index("Member m 0000")
    assert "Member m 0059" not in first
    following = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = text(client, following.replace("&amp;", "&"))
    assert "Member m 0059" in second
    assert "Fanny" not in second


def test_filters_by_standing_and_state(company: Company) -> None:
    join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    join(company.organisation, "sus@atelier.example", status=MemberStatus.SUSPENDED)
    join(company.organisation, "gone@atelier.example", status=MemberStatus.REMOVED)
    client = browser(company.owner)
    page = text(client, pages(company) + "?standing=administrator")
    assert "ann@atelier.example" in page
    assert "tom@atelier.example" not in page
    page = text(client, pages(company) + "?state=suspended")
    assert "sus@atelier.example" in page
    assert "ann@atelier.example" not in page
    assert "gone@atelier.example" not in text(client, pages(company))
    assert "gone@atelier.example" in text(client, pages(company) + "?state=removed")


@pytest.mark.parametrize("count", [3, 300])
def test_as_many_statements_for_many_members(company: Company, count: int) -> None:
    subscription = subscribe(company.organisation, quantity=30)
    for member in crowd(company.organisation, count)[:3]:
        assign_seat(subscription=subscription.id, member=member.id, now=START, by="test")
    client = browser(company.owner)
    client.get(pages(company))
    with CaptureQueriesContext(connection) as statements:
        assert client.get(pages(company)).status_code == 200
    assert len(statements) == 8


def test_both_languages(company: Company) -> None:
    client = browser(company.owner, **{"accept-language": "fr"})
    page = text(client, pages(company))
    assert "Membres" in page
    assert "Inviter" in page


def test_a_standing_is_changed(company: Company) -> None:
    member = teammate(company)
    client = browser(company.owner)
    answer = client.post(page_of(company, member), {"standing": "administrator"})
    assert answer["Location"] == page_of(company, member)
    member.refresh_from_db()
    assert member.standing == Standing.ADMINISTRATOR


def test_the_last_owner_is_told_before_the_click(company: Company) -> None:
    owner = owner_of(company.organisation)
    client = browser(company.owner)
    page = text(client, page_of(company, owner))
    assert "The last active owner can be neither removed" in page
    assert 'name="standing"' not in page
    answer = client.post(page_of(company, owner), {"standing": "member"})
    assert answer.status_code == 409
    assert "last active owner" in answer.content.decode()
    assert "last active owner" in text(client, page_of(company, owner) + "/remove")


def test_an_administrator_leaves_owners_alone(company: Company) -> None:
    ann = join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR).user
    owner = join(company.organisation, "own@atelier.example", Standing.OWNER)
    assert ann is not None
    client, path = browser(ann), page_of(company, owner)
    for below in ("", "/suspend", "/remove"):
        assert "Only an owner may suspend" in text(client, path + below)
    for below in ("/suspend", "/remove"):
        assert client.post(path + below).status_code == 409
    owner.refresh_from_db()
    assert owner.status == "active"
    browser(company.owner).post(path + "/suspend")
    owner.refresh_from_db()
    assert owner.status == "suspended"
    assert client.post(path + "/restore").status_code == 409


def test_an_administrator_makes_no_owners(company: Company) -> None:
    admin = join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    client = browser(admin.user)
    answer = client.post(page_of(company, teammate(company)), {"standing": "owner"})
    assert answer.status_code == 409
    assert client.get(page_of(company, teammate(company)) + "/ownership").status_code == 404


def test_suspending_names_what_happens_and_can_be_undone(company: Company) -> None:
    member = teammate(company)
    subscription = subscribe(company.organisation)
    assign_seat(subscription=subscription.id, member=member.id, now=START, by="test")
    client, path = browser(company.owner), page_of(company, member)
    assert "Their 1 seat stays assigned" in text(client, path + "/suspend")
    client.post(path + "/suspend")
    member.refresh_from_db()
    assert member.status == MemberStatus.SUSPENDED
    assert Seat.objects.filter(member=member).exists()
    client.post(path + "/suspend")
    client.post(path + "/restore")
    member.refresh_from_db()
    assert member.status == MemberStatus.ACTIVE


def test_removing_frees_seats_and_ends_sessions_at_once(company: Company) -> None:
    member = teammate(company)
    subscription = subscribe(company.organisation)
    assign_seat(subscription=subscription.id, member=member.id, now=START, by="test")
    theirs = browser()
    theirs.post("/account/login", {"login": "tom@atelier.example", "password": PASSWORD})
    assert theirs.get(f"/home/{company.id}/ask").status_code == 200
    client, path = browser(company.owner), page_of(company, member)
    said = text(client, path + "/remove")
    assert "Their seat of Designer is free at once." in said
    assert "Their sessions end" in said
    client.post(path + "/remove")
    assert not Seat.objects.filter(member=member).exists()
    assert theirs.get("/home/").status_code == 302
    assert client.post(path + "/remove").status_code == 302
    assert "This person was removed" in text(client, path)


def test_who_is_removed_by_a_program_is_logged_out_as_well(company: Company) -> None:
    member = teammate(company)
    theirs = browser()
    theirs.post("/account/login", {"login": "tom@atelier.example", "password": PASSWORD})
    assert theirs.get("/home/").status_code == 200
    removed = Api(key_for(company.organisation.id)).delete(
        f"/members/{public_id('mem', member.id)}"
    )
    assert removed.status == 204
    assert theirs.get("/home/").status_code == 302


def test_who_belongs_elsewhere_stays_logged_in_there(company: Company) -> None:
    member = join(company.organisation, "eve@elsewhere.example")
    theirs = browser(company.stranger)
    browser(company.owner).post(page_of(company, member) + "/remove")
    assert theirs.get(f"/home/{company.id}/ask").status_code == 404
    assert theirs.get("/home/").status_code == 200


def test_seats_are_assigned_and_freed_on_a_members_page(company: Company) -> None:
    member = teammate(company)
    subscription = subscribe(company.organisation)
    client, path = browser(company.owner), page_of(company, member)
    sub = public_id("sub", subscription.id)
    assert "1 free" in text(client, path)
    client.post(path + "/seats", {"assign": sub})
    assert Seat.objects.filter(member=member).count() == 1
    assert "already holds a seat" in text_after(client, path + "/seats", {"assign": sub})
    other = join(company.organisation, "bea@atelier.example")
    page = text(client, page_of(company, other))
    assert "no seat is free" in page
    assert f"/console/{company.id}/extend/designer?quantity=1" in page
    assert "No seat is free" in text_after(
        client, page_of(company, other) + "/seats", {"assign": sub}
    )
    client.post(path + "/seats", {"free": sub})
    assert not Seat.objects.filter(member=member).exists()


def text_after(client: Client, path: str, sent: dict[str, str]) -> str:
    return client.post(path, sent, follow=True).content.decode()


def test_the_ownership_is_offered_and_taken_back(company: Company) -> None:
    member = teammate(company)
    client, path = browser(company.owner), page_of(company, member)
    assert "Offer the ownership to Tom?" in text(client, path + "/ownership")
    client.post(path + "/ownership", {"stays": "yes"})
    offer = OwnershipOffer.objects.get()
    assert (offer.taker_id, offer.giver_stays, offer.status) == (member.id, True, "open")
    assert "it passes when they accept" in text(client, path)
    client.post(path + "/ownership", {"withdraw": "yes"})
    offer.refresh_from_db()
    assert offer.status == "withdrawn"


def test_staff_who_act_offer_no_ownership(company: Company) -> None:
    member = teammate(company)
    offer_ownership(
        giver=owner_of(company.organisation).id,
        taker=member.id,
        giver_stays=False,
        now=START,
        by="test",
    )
    admin = join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    assert "passes when they accept" not in text(browser(admin.user), page_of(company, member))


def test_a_members_page_takes_few_statements(company: Company) -> None:
    subscriptions = [subscribe(company.organisation) for _ in range(3)]
    member = teammate(company)
    for subscription in subscriptions:
        assign_seat(subscription=subscription.id, member=member.id, now=START, by="test")
    client = browser(company.owner)
    for row in (member, owner_of(company.organisation)):
        with CaptureQueriesContext(connection) as statements:
            assert client.get(page_of(company, row)).status_code == 200
        assert len(statements) <= 12
