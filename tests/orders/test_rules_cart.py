"""Carts and payment methods: one audience, one term, and the first refusal that holds."""

from datetime import UTC, date, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from tenure.base.calendar import Term
from tenure.catalogue.rules import Channel, OfferFacts, PriceFacts
from tenure.orders.rules.cart import CartFacts, buyer_verdict, joining_verdict, line_verdict
from tenure.orders.rules.payment import (
    expires_at,
    needs_verification,
    payment_method_verdict,
    quote_last_day,
    transfer_last_day,
    verification_last_day,
)
from tenure.policy.loading import default_policy, parse_policy
from tenure.policy.words import Audience, PaymentMethod

POLICY = default_policy()
TODAY = date(2027, 3, 1)
PARIS = ZoneInfo("Europe/Paris")


def cart(
    audience: Audience = Audience.BUSINESS,
    *,
    term: Term | None = None,
    known_roles: frozenset[str] = frozenset(),
) -> CartFacts:
    return CartFacts(audience, "FR", "EUR", term, known_roles)


def offer(
    audience: Audience = Audience.BUSINESS,
    *,
    channel: Channel = Channel.ONLINE,
    countries: frozenset[str] = frozenset({"FR"}),
    priced: tuple[Term, ...] = (Term.YEAR, Term.QUARTER, Term.MONTH),
    trial_days: int | None = None,
) -> OfferFacts:
    prices = tuple(PriceFacts(term, "EUR", 1000) for term in priced)
    roles = frozenset({"designer", "reviewer"})
    return OfferFacts("designer", audience, channel, countries, roles, prices, trial_days)


def code(cart: CartFacts, offer: OfferFacts, term: Term) -> str:
    return line_verdict(cart, offer, term, on=TODAY, policy=POLICY).code.code


class TestLines:
    def test_a_line_that_fits(self) -> None:
        verdict = line_verdict(cart(), offer(), Term.YEAR, on=TODAY, policy=POLICY)
        assert verdict.allowed
        assert verdict.code.code == "line_accepted"

    def test_one_term(self) -> None:
        """R11: a line of another term is refused."""
        verdict = line_verdict(cart(term=Term.YEAR), offer(), Term.QUARTER, on=TODAY, policy=POLICY)
        assert not verdict.allowed
        assert (verdict.code.code, verdict.code.rule) == ("mixed_terms", "R11")
        assert verdict.figures == {"term": "year", "other": "quarter"}

    def test_one_audience(self) -> None:
        assert code(cart(), offer(Audience.STUDENT), Term.YEAR) == "mixed_audiences"

    @pytest.mark.parametrize(("audience", "term"), list(product(Audience, Term)))
    def test_terms_by_audience(self, audience: Audience, term: Term) -> None:
        """R6: quarterly exclusively for companies, monthly made for makers, annual for all."""
        sold = {
            Audience.BUSINESS: {Term.YEAR, Term.QUARTER},
            Audience.CREATOR: {Term.YEAR, Term.MONTH},
            Audience.STUDENT: {Term.YEAR},
        }[audience]
        found = code(cart(audience), offer(audience), term)
        if term == Term.TRIAL:
            assert found == "not_priced"
        else:
            assert found == ("line_accepted" if term in sold else "term_not_for_audience")

    def test_terms_are_named(self) -> None:
        verdict = line_verdict(cart(), offer(), Term.MONTH, on=TODAY, policy=POLICY)
        assert verdict.figures["terms"] == ("year", "quarter")

    def test_the_policy_holds_the_table(self) -> None:
        wider = parse_policy("terms.student = ['year', 'month']")
        student = offer(Audience.STUDENT)
        verdict = line_verdict(cart(Audience.STUDENT), student, Term.MONTH, on=TODAY, policy=wider)
        assert verdict.allowed

    def test_without_a_price(self) -> None:
        assert code(cart(), offer(priced=(Term.YEAR,)), Term.QUARTER) == "not_priced"

    def test_a_price_of_tomorrow_is_none(self) -> None:
        later = OfferFacts(
            "designer",
            Audience.BUSINESS,
            Channel.ONLINE,
            frozenset({"FR"}),
            frozenset(),
            (PriceFacts(Term.YEAR, "EUR", 1, date(2027, 3, 2)),),
        )
        assert code(cart(), later, Term.YEAR) == "not_priced"

    def test_the_first_refusal_that_holds(self) -> None:
        """Take the faults of a line away one by one: each uncovers the next code."""
        chain = [
            (offer(Audience.CREATOR, channel=Channel.CONTACT), Term.MONTH, "mixed_audiences"),
            (
                offer(channel=Channel.CONTACT, countries=frozenset(), priced=()),
                Term.MONTH,
                "term_not_for_audience",
            ),
            (
                offer(channel=Channel.CONTACT, countries=frozenset(), priced=()),
                Term.QUARTER,
                "mixed_terms",
            ),
            (
                offer(channel=Channel.CONTACT, countries=frozenset(), priced=()),
                Term.YEAR,
                "offer_not_online",
            ),
            (offer(countries=frozenset(), priced=()), Term.YEAR, "offer_not_in_country"),
            (offer(priced=()), Term.YEAR, "not_priced"),
            (offer(), Term.YEAR, "line_accepted"),
        ]
        yearly = cart(term=Term.YEAR, known_roles=frozenset({"designer"}))
        assert [code(yearly, line, term) for line, term, _ in chain] == [c for _, _, c in chain]


class TestTrials:
    TRIAL = offer(trial_days=14, priced=())

    def test_needs_no_price_and_no_audience_for_its_term(self) -> None:
        assert code(cart(), self.TRIAL, Term.TRIAL) == "line_accepted"

    def test_shares_no_cart_with_a_purchase(self) -> None:
        assert code(cart(term=Term.YEAR), self.TRIAL, Term.TRIAL) == "mixed_terms"
        assert code(cart(term=Term.TRIAL), offer(), Term.YEAR) == "mixed_terms"

    def test_once(self) -> None:
        """R9: refused if the organisation ever tried or bought any of its roles."""
        tried = cart(known_roles=frozenset({"reviewer", "analyst"}))
        verdict = line_verdict(tried, self.TRIAL, Term.TRIAL, on=TODAY, policy=POLICY)
        assert (verdict.code.code, verdict.code.rule) == ("trial_used", "R9")
        assert verdict.figures["roles"] == ("reviewer",)

    def test_what_was_tried_can_be_bought(self) -> None:
        tried = cart(known_roles=frozenset({"designer"}))
        assert code(tried, offer(), Term.YEAR) == "line_accepted"

    def test_other_roles_can_be_tried(self) -> None:
        assert code(cart(known_roles=frozenset({"x"})), self.TRIAL, Term.TRIAL) == "line_accepted"

    def test_has_its_own_term_alone(self) -> None:
        assert code(cart(), self.TRIAL, Term.YEAR) == "not_priced"
        assert code(cart(), offer(), Term.TRIAL) == "not_priced"


class TestBuyers:
    def test_the_cart_was_made_for_them(self) -> None:
        verdict = buyer_verdict(
            cart(), organisation_audience=Audience.BUSINESS, organisation_country="FR"
        )
        assert verdict.allowed

    @pytest.mark.parametrize(
        ("audience", "country", "code"),
        [
            (Audience.CREATOR, "FR", "audience_mismatch"),
            (Audience.CREATOR, "DE", "audience_mismatch"),
            (Audience.BUSINESS, "DE", "country_mismatch"),
        ],
    )
    def test_or_not(self, audience: Audience, country: str, code: str) -> None:
        verdict = buyer_verdict(
            cart(), organisation_audience=audience, organisation_country=country
        )
        assert not verdict.allowed
        assert verdict.code.code == code


class TestPayment:
    @pytest.mark.parametrize(("audience", "method"), list(product(Audience, PaymentMethod)))
    def test_by_audience(self, audience: Audience, method: PaymentMethod) -> None:
        """R14: by card for all; by bank transfer for companies as well, and for nobody else."""
        verdict = payment_method_verdict(method, audience, POLICY, available=tuple(PaymentMethod))
        may = method == PaymentMethod.CARD or audience == Audience.BUSINESS
        assert verdict.allowed == may
        expected = "payment_method_accepted" if may else "payment_method_not_for_audience"
        assert verdict.code.code == expected

    def test_by_audience_before_what_is_available(self) -> None:
        def code(audience: Audience) -> str:
            card = (PaymentMethod.CARD,)
            method = PaymentMethod.BANK_TRANSFER
            return payment_method_verdict(method, audience, POLICY, available=card).code.code

        assert code(Audience.BUSINESS) == "payment_method_unavailable"
        assert code(Audience.CREATOR) == "payment_method_not_for_audience"

    def test_a_student_proves_it_before_anything_is_charged(self) -> None:
        assert needs_verification(Audience.STUDENT, verified=False, total=1)
        assert not needs_verification(Audience.STUDENT, verified=True, total=100)
        assert not needs_verification(Audience.STUDENT, verified=False, total=0)
        assert not needs_verification(Audience.CREATOR, verified=False, total=100)

    def test_how_long_things_wait(self) -> None:
        placed = datetime(2027, 3, 1, 22, 59, tzinfo=UTC)
        assert verification_last_day(placed, PARIS, POLICY) == date(2027, 3, 15)
        assert transfer_last_day(placed, PARIS, POLICY) == date(2027, 3, 31)
        assert quote_last_day(date(2027, 3, 1), POLICY) == date(2027, 3, 31)
        midnight = datetime(2027, 3, 31, 22, tzinfo=UTC)
        assert expires_at(date(2027, 3, 31), PARIS) == midnight


class TestJoining:
    @pytest.mark.parametrize(
        ("audience", "country", "term", "code"),
        [
            (Audience.BUSINESS, "FR", Term.YEAR, "cart_fits"),
            (Audience.CREATOR, "DE", Term.MONTH, "mixed_audiences"),
            (Audience.BUSINESS, "DE", Term.QUARTER, "mixed_countries"),
            (Audience.BUSINESS, "FR", Term.QUARTER, "mixed_terms"),
        ],
    )
    def test_one_audience_one_country_one_term(
        self, audience: Audience, country: str, term: Term, code: str
    ) -> None:
        """R11."""
        yearly = cart(term=Term.YEAR)
        verdict = joining_verdict(yearly, audience=audience, country=country, term=term)
        assert (verdict.code.code, verdict.allowed) == (code, code == "cart_fits")

    def test_an_empty_cart_takes_any_term(self) -> None:
        verdict = joining_verdict(
            cart(), audience=Audience.BUSINESS, country="FR", term=Term.QUARTER
        )
        assert verdict
