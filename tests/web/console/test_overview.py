"""The console's first page: the two roads, and what needs attention (R39)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tenure.access.models import Seat
from tenure.access.queries.usage import assignments_by_day
from tenure.base.calendar import Term
from tenure.base.ids import public_id
from tenure.flows.invitations import invite
from tenure.flows.ownership import offer_ownership
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.role_requests import ask_for_role
from tenure.flows.seats import assign_seat, release_seat
from tenure.organisations.commands.invitations import NewInvitation
from tenure.organisations.models import Member, Organisation
from tenure.organisations.rules import Standing
from tests.shop import START, customer, fill_cart, order_cart, owner_of, subscribe
from tests.web.console.companies import (
    INSIDERS_ONLY,
    act,
    advance,
    billing_contact,
    bought,
    french,
    many,
    page_of,
    statements,
    text_of,
    tried_by_all,
)
from tests.web.people import Company, browser, join, person

RENEWS_NEVER = "tok_ok_then_declined"
"""A card that is declined when nobody is there."""


def overview(company: Company) -> str:
    return text_of(browser(company.owner), page_of(company))


def test_owners_see_it_and_nobody_else(company: Company) -> None:
    assert tried_by_all(company, page_of(company)) == INSIDERS_ONLY
    assert tried_by_all(company, page_of(company, "extend")) == (302, 404, 404, 404, 302)


def test_the_two_roads_lead_on(company: Company) -> None:
    bought(company)
    text = overview(company)
    assert "Extend your skills" in text
    assert "Grow your team" in text
    assert f'href="{page_of(company, "members/invite")}"' in text
    assert "1 of 2 assigned" in text


def test_the_store_opens_for_ones_audience_and_country(company: Company) -> None:
    answer = browser(company.owner).get(page_of(company, "extend"))
    assert answer["Location"] == "/store/business/"
    assert (answer.cookies["country"].value, answer.cookies["audience"].value) == ("FR", "business")


def test_who_has_nothing_yet_sees_the_first_steps(company: Company) -> None:
    Member.objects.filter(user=company.teammate).delete()
    text = overview(company)
    assert "Your first steps" in text
    assert "Needs attention" not in text
    assert "Extend your skills" not in text


def test_nothing_to_do_is_said(company: Company) -> None:
    made = subscribe(company.organisation)
    members = Member.objects.filter(organisation=company.organisation)
    members.filter(user=company.teammate).delete()
    Seat.objects.filter(subscription=made).update(member=members.get())
    assert "Nothing to do" in overview(company)


def test_a_deadline_is_shown_from_its_first_reminder_on(company: Company) -> None:
    bought(company)
    assert "renews on" not in overview(company)
    advance(company, "2027-12-27")
    text = overview(company)
    assert "Designer renews on March\N{NO-BREAK SPACE}1,\N{NO-BREAK SPACE}2028" in text
    assert "Until February\N{NO-BREAK SPACE}25,\N{NO-BREAK SPACE}2028" in text
    advance(company, "2028-02-26")
    assert "renews on" not in overview(company)


def test_what_renews_on_one_day_is_one_thing_to_look_at(company: Company) -> None:
    bought(company)
    subscribe(company.organisation, "analyst-business", 3)
    advance(company, "2028-02-20")
    text = overview(company)
    assert "2 subscriptions renew on" in text
    assert "Analyst" in text
    assert "5 seats" in text


def test_what_ends_by_choice_is_said_ahead_and_its_data_afterwards(company: Company) -> None:
    made = subscribe(company.organisation, term=Term.QUARTER)
    choose_renewal(subscription=made.id, auto_renew=False, now=START, by="test")
    advance(company, "2027-05-20")
    assert "Designer ends and does not renew" in overview(company)
    advance(company, "2027-06-10")
    text = overview(company)
    assert "Designer has ended: its data go soon" in text
    assert "Until June\N{NO-BREAK SPACE}15,\N{NO-BREAK SPACE}2027" in text
    subscribe(company.organisation, now=START + timedelta(days=101))
    assert "has ended" not in overview(company)


def test_what_lapsed_is_the_first_thing_said(company: Company) -> None:
    subscribe(company.organisation, term=Term.QUARTER, token=RENEWS_NEVER)
    advance(company, "2027-06-02")
    text = overview(company)
    assert "Designer has lapsed: nobody can use it" in text
    assert "Pay now" in text


def test_what_lapsed_is_said_though_others_hold_the_role_by_another(company: Company) -> None:
    subscribe(company.organisation, token=RENEWS_NEVER)
    subscribe(company.organisation, term=Term.QUARTER, token=RENEWS_NEVER)
    advance(company, "2027-06-10")
    assert "Designer has lapsed: nobody can use it" in overview(company)
    subscribe(company.organisation, now=START + timedelta(days=101))
    assert "has lapsed" not in overview(company)


def test_a_trial_that_ends_leads_to_the_paid_term(company: Company) -> None:
    subscribe(company.organisation, "designer-trial", term=Term.TRIAL)
    advance(company, "2027-03-20")
    text = overview(company)
    assert "The trial of Designer ends" in text
    assert "Until March\N{NO-BREAK SPACE}30,\N{NO-BREAK SPACE}2027" in text


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("tok_declined", "1 order is not paid"),
        ("tok_authenticate", "Your bank asks for a step to pay 1 order"),
        ("tok_unknown", "The payment of 1 order is being checked"),
    ],
)
def test_orders_that_are_not_paid(company: Company, token: str, said: str) -> None:
    outcome = order_cart(
        company.organisation, fill_cart(company.organisation, ("designer-business", 1)), token
    )
    text = overview(company)
    assert said in text
    assert f"/orders/{public_id('ord', outcome.order)}" in text


def test_invitations_that_expire_and_requests_for_roles(company: Company) -> None:
    bought(company)
    new = NewInvitation(email="new@atelier.example", standing=Standing.MEMBER)
    invite(
        organisation=company.organisation.id,
        invitations=[new],
        may_give_ownership=False,
        now=START,
        by="test",
    )
    member = Member.objects.get(user=company.teammate)
    ask_for_role(member=member.id, role="analyst", note="", now=START, by="test")
    assert "expires soon" not in overview(company)
    advance(company, "2027-03-10")
    text = overview(company)
    assert "1 invitation expires soon" in text
    assert "1 request for a role waits for your answer" in text


def test_free_seats_and_members_without_any(company: Company) -> None:
    subscribe(company.organisation, quantity=3)
    text = overview(company)
    assert "3 seats are free" in text
    assert "2 members hold none yet" in text
    Seat.objects.exclude(number=1).delete()
    Seat.objects.update(member=owner_of(company.organisation))
    assert "1 member holds no seat" in overview(company)


def test_the_ownership_is_offered_to_one(company: Company) -> None:
    giver = owner_of(company.organisation)
    taker = join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    offer_ownership(giver=giver.id, taker=taker.id, giver_stays=True, now=START, by="test")
    assert "Tom has not yet answered your offer" in overview(company)
    assert taker.user is not None
    assert "Ada offers you the ownership" in text_of(browser(taker.user), page_of(company))


def test_who_lacks_the_factor_that_is_required(company: Company) -> None:
    join(company.organisation, "ann@atelier.example", Standing.ADMINISTRATOR)
    Organisation.objects.update(second_factor_required=True)
    client = act(company)
    assert "2 administrators lack the second factor" in text_of(client, page_of(company))


def test_the_billing_contact_sees_the_bill_alone(company: Company) -> None:
    made = bought(company)
    client, bill = browser(billing_contact(company)), page_of(company, "billing")
    for path in ("", "subscriptions", f"subscriptions/{public_id('sub', made.id)}"):
        assert client.get(page_of(company, path)).headers["Location"] == bill
    text = text_of(client, bill)
    for tab in ("subscriptions", "history", "members", "roles", "settings", "requests"):
        assert f'href="{page_of(company, tab)}"' not in text


def test_staff_who_act_are_told_so_and_can_stop(company: Company) -> None:
    text = text_of(act(company), page_of(company))
    assert "You act for" in text
    assert f'action="/backoffice/customers/{company.id}/stop-acting"' in text


def test_a_suspended_organisation_says_so(company: Company) -> None:
    Organisation.objects.update(suspended_at=START)
    assert "This organisation is suspended" in overview(company)


def test_one_changes_between_organisations(company: Company) -> None:
    assert ">Organisations<" not in overview(company)
    other = customer(email="two@elsewhere.example")
    join(other, "admin@two.example", Standing.ADMINISTRATOR)
    Member.objects.filter(email="admin@two.example").update(user=person(company.owner.email))
    assert f'href="/console/{public_id("org", other.id)}/"' in overview(company)


def test_it_speaks_french(company: Company) -> None:
    bought(company)
    text = text_of(french(company.owner), page_of(company))
    assert "Étendre vos compétences" in text
    assert "1 place est libre" in text


def test_assignments_are_counted_on_from_where_they_were_counted_last(company: Company) -> None:
    made = bought(company)
    organisation = company.organisation.id
    member = Member.objects.get(organisation=organisation, user=company.teammate)
    assert assignments_by_day(organisation) == {made.id: [(START.date(), 1)]}
    release_seat(subscription=made.id, member=member.id, now=START, by="test")
    assert assignments_by_day(organisation) == {made.id: [(START.date(), 0)]}
    later = START + timedelta(days=3)
    assign_seat(subscription=made.id, member=member.id, now=later, by="test")
    told = {made.id: [(START.date(), 0), (later.date(), 1)]}
    assert assignments_by_day(organisation) == told
    assert assignments_by_day(organisation) == told


def test_the_picture_shows_how_many_seats_were_paid_for_at_each_time(company: Company) -> None:
    made = subscribe(company.organisation, quantity=3, term=Term.QUARTER)
    choose_renewal(subscription=made.id, next_quantity=1, now=START, by="test")
    advance(company, "2027-06-10")
    points = browser(company.owner).get(page_of(company)).context["points"]
    assert {(each.day, each.paid) for each in points} == {
        (date(2027, 3, 1), 3),
        (date(2027, 6, 1), 1),
        (date(2027, 6, 10), 1),
    }


def test_it_takes_as_many_statements_for_many_as_for_few(company: Company) -> None:
    bought(company)
    advance(company, "2028-02-20")
    client = browser(company.owner)
    few = statements(client, page_of(company))
    many(company, 300)
    assert statements(client, page_of(company)) <= few <= 12
