"""Subscriptions in the console: what runs, what it opens, and its renewal (R21, R22)."""

from __future__ import annotations

import pytest

from tenure.base.calendar import Term
from tenure.base.ids import new_id, public_id
from tenure.subscriptions.models import Source, Subscription
from tests.shop import customer, subscribe
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
    subscription_page,
    text_of,
    tried_by_all,
)
from tests.web.people import Company, browser


def seen(company: Company, made: Subscription) -> str:
    return text_of(browser(company.owner), subscription_page(company, made))


def renewal(company: Company, made: Subscription, to: str = "") -> str:
    query = f"?to={to}" if to else ""
    return f"{subscription_page(company, made)}/renewal{query}"


def test_only_insiders_see_them(company: Company) -> None:
    made = bought(company)
    for path in (
        page_of(company, "subscriptions"),
        subscription_page(company, made),
        renewal(company, made, "off"),
    ):
        assert tried_by_all(company, path) == INSIDERS_ONLY


def test_what_is_of_others_or_nowhere_is_not_found(company: Company) -> None:
    theirs = subscribe(customer(email="zoe@elsewhere.example"))
    client = browser(company.owner)
    for id_ in (public_id("sub", theirs.id), public_id("sub", new_id()), "sub_x", "nothing"):
        assert client.get(page_of(company, f"subscriptions/{id_}")).status_code == 404
        assert client.post(page_of(company, f"subscriptions/{id_}/renewal")).status_code == 404


def test_the_list_says_what_comes_next(company: Company) -> None:
    bought(company)
    text = text_of(browser(company.owner), page_of(company, "subscriptions"))
    for said in ("Designer", "1 year", "Feb~29,~2028", "Renews on Mar~1,~2028"):
        assert said.replace("~", "\N{NO-BREAK SPACE}") in text
    assert "can be stopped until Feb\N{NO-BREAK SPACE}25,\N{NO-BREAK SPACE}2028" in text


def test_what_is_over_stands_apart(company: Company) -> None:
    made = subscribe(company.organisation, "designer-trial", term=Term.TRIAL)
    client, page = browser(company.owner), page_of(company, "subscriptions")
    assert "Nothing is over" in text_of(client, f"{page}?show=over")
    advance(company, "2027-04-01")
    assert "Nothing runs at the moment" in text_of(client, page)
    assert public_id("sub", made.id) in text_of(client, f"{page}?show=over")
    text = seen(company, made)
    assert "Nobody can use it any more" in text
    assert "Its data are kept until April\N{NO-BREAK SPACE}14,\N{NO-BREAK SPACE}2027" in text
    advance(company, "2027-05-01")
    assert "This is over" in seen(company, made)


def test_one_shows_its_periods_what_it_opens_and_who_holds_it(company: Company) -> None:
    text = seen(company, bought(company))
    for said in ("Period 1", "Modeller", "Draws.", "Tom", "never used", "€2,880.00"):
        assert said in text
    assert "Auto-renewal can be switched off until the end of February 25, 2028." in text


def test_the_renewal_is_switched_off_once_what_follows_was_read(company: Company) -> None:
    made = bought(company)
    client = browser(company.owner)
    asked = text_of(client, renewal(company, made) + "?on=no")
    assert "Switch off the renewal of Designer?" in asked
    assert "until March\N{NO-BREAK SPACE}15,\N{NO-BREAK SPACE}2028" in asked
    answer = client.post(renewal(company, made), {"to": "off"})
    assert answer["Location"] == subscription_page(company, made)
    made.refresh_from_db()
    assert not made.auto_renew
    text = seen(company, made)
    assert "Auto-renewal can be switched on again until the end of February 29, 2028." in text


def test_a_second_click_changes_nothing(company: Company) -> None:
    made = bought(company)
    client = browser(company.owner)
    for _ in range(2):
        assert client.post(renewal(company, made), {"to": "off"}).status_code == 302
    history = text_of(client, page_of(company, "history"))
    assert history.count("The renewal of Designer was switched off.") == 1


def test_it_is_switched_on_again(company: Company) -> None:
    made = bought(company)
    client = browser(company.owner)
    client.post(renewal(company, made), {"to": "off"})
    asked = text_of(client, renewal(company, made, "on"))
    assert "€2,880.00 with tax is charged then, at today&#x27;s price." in asked
    client.post(renewal(company, made), {"to": "on"})
    made.refresh_from_db()
    assert made.auto_renew


def test_after_the_deadline_it_stops_from_the_next_period_on(company: Company) -> None:
    made = bought(company)
    advance(company, "2028-02-26")
    text = seen(company, made)
    assert "The last day to switch auto-renewal off for this period was February 25, 2028" in text
    assert "renewal?to=later" in text
    client = browser(company.owner)
    assert "The last day to switch auto-renewal off" in text_of(
        client, renewal(company, made, "off")
    )
    refused = client.post(renewal(company, made), {"to": "off"})
    assert refused.status_code == 409
    assert "February 25, 2028" in refused.content.decode()
    asked = text_of(client, renewal(company, made, "later"))
    assert "It renews once more on March\N{NO-BREAK SPACE}1,\N{NO-BREAK SPACE}2028." in asked
    assert client.post(renewal(company, made), {"to": "later"}).status_code == 302
    made.refresh_from_db()
    assert (made.auto_renew, made.stops_after) == (True, 2)
    assert "It renews once more, and then ends" in seen(company, made)


def test_after_the_deadline_switching_on_charges_at_once(company: Company) -> None:
    made = bought(company)
    client = browser(company.owner)
    client.post(renewal(company, made), {"to": "off"})
    advance(company, "2028-02-27")
    assert "€2,880.00 is charged at once" in seen(company, made)
    asked = text_of(client, renewal(company, made, "on"))
    assert "€2,880.00 with tax is charged at once" in asked


def test_a_trial_does_not_renew_and_leads_to_the_store(company: Company) -> None:
    made = subscribe(company.organisation, "designer-trial", term=Term.TRIAL)
    text = seen(company, made)
    assert "A trial does not renew" in text
    assert "renewal?" not in text
    client = browser(company.owner)
    assert "A trial does not renew" in text_of(client, renewal(company, made, "on"))
    assert client.post(renewal(company, made), {"to": "on"}).status_code == 409


def test_what_was_not_bought_here_is_not_renewed_here(company: Company) -> None:
    made = bought(company)
    Subscription.objects.filter(id=made.id).update(source=Source.EXTERNAL)
    made.periods.update(order=None)
    text = seen(company, made)
    assert "This was not bought in the store" in text
    assert "not bought online" in text


def test_a_price_that_is_gone_is_not_shown(company: Company) -> None:
    made = bought(company)
    Subscription.objects.filter(id=made.id).update(currency="CHF")
    assert "Costs then" not in seen(company, made)


def test_an_unknown_wish_is_not_found(company: Company) -> None:
    made = bought(company)
    client = browser(company.owner)
    assert client.get(renewal(company, made, "never")).status_code == 404
    assert client.post(renewal(company, made)).status_code == 404


def test_the_billing_contact_chooses_nothing(company: Company) -> None:
    made = bought(company)
    client = browser(billing_contact(company))
    assert client.get(renewal(company, made, "off")).status_code == 404
    assert client.post(renewal(company, made), {"to": "off"}).status_code == 404


def test_staff_who_act_may_what_an_administrator_may(company: Company) -> None:
    made = bought(company)
    client = act(company)
    client.post(renewal(company, made), {"to": "off"})
    made.refresh_from_db()
    assert not made.auto_renew
    assert "Vendor: Sue" in text_of(client, page_of(company, "history"))


def test_consumers_read_what_they_pay_with_tax(company: Company) -> None:
    company.organisation.audience = "creator"
    company.organisation.save()
    made = subscribe(company.organisation, "designer-creator", term=Term.MONTH)
    assert "€19.99" in seen(company, made)


def test_it_speaks_french(company: Company) -> None:
    made = bought(company)
    client = french(company.owner)
    assert "Se renouvelle le 1er\N{NO-BREAK SPACE}mars" in text_of(
        client, page_of(company, "subscriptions")
    )
    text = text_of(client, subscription_page(company, made))
    assert "Se renouvelle automatiquement" in text
    assert "Désactiver le renouvellement de Concepteur\N{NO-BREAK SPACE}?" in text_of(
        client, renewal(company, made, "off")
    )


@pytest.mark.parametrize("rest", ["subscriptions", "subscriptions?show=over", "orders"])
def test_lists_take_as_many_statements_for_many_as_for_few(company: Company, rest: str) -> None:
    bought(company)
    client = browser(company.owner)
    few = statements(client, page_of(company, rest))
    many(company, 300)
    assert statements(client, page_of(company, rest)) <= few < 15


def test_lists_go_on_over_pages(company: Company) -> None:
    many(company, 60)
    client = browser(company.owner)
    for rest in ("subscriptions", "orders"):
        text = text_of(client, page_of(company, rest))
        assert "Next page" in text
        following = text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
        assert "Back to the start" in text_of(client, following)
        assert client.get(page_of(company, f"{rest}?from=nothing")).status_code == 404


def test_one_takes_few_statements(company: Company) -> None:
    made = bought(company, quantity=5)
    assert statements(browser(company.owner), subscription_page(company, made)) < 15
