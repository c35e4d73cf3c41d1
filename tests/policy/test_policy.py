"""The default is the rulebook to the letter; a wrong file is told every wrong key."""

from contextlib import suppress
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tenure.base.calendar import Term
from tenure.policy.loading import (
    PolicyInvalid,
    academic_domains,
    default_policy,
    fingerprint,
    parse_policy,
    policy_warnings,
    render,
)
from tenure.policy.model import Policy
from tenure.policy.words import Audience, PaymentMethod

POLICY = default_policy()


def told(text: str) -> list[tuple[str, str, object]]:
    """What is wrong with a file: field, code and line of each error."""
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(text)
    errors = refused.value.field_errors
    for error in errors:
        for language in ("en", "fr"):
            assert error.code.text(language).format(**error.figures)
    return [(error.field, error.code.code, error.figures.get("line")) for error in errors]


class TestTheRulebook:
    def test_terms(self) -> None:
        """R6: annual for every audience; quarterly only for companies; monthly for makers."""
        assert POLICY.terms.of(Audience.BUSINESS) == (Term.YEAR, Term.QUARTER)
        assert POLICY.terms.of(Audience.CREATOR) == (Term.YEAR, Term.MONTH)
        assert POLICY.terms.of(Audience.STUDENT) == (Term.YEAR,)

    def test_payment(self) -> None:
        """R14: by card for all; by bank transfer for companies as well, and nobody else."""
        assert POLICY.payment_methods.of(Audience.BUSINESS) == tuple(PaymentMethod)
        assert POLICY.payment_methods.of(Audience.CREATOR) == (PaymentMethod.CARD,)
        assert POLICY.payment_methods.of(Audience.STUDENT) == (PaymentMethod.CARD,)

    def test_waiting(self) -> None:
        assert POLICY.students.verification_wait_days == 14  # R8
        assert POLICY.quotes.validity_days == 30  # R12
        assert POLICY.orders.transfer_wait_days == 30  # R15

    def test_renewal(self) -> None:
        renewal = POLICY.renewal
        assert renewal.opt_out_days_before_end == 5  # R21
        assert renewal.card_charge_days_before_end == (4, 3, 1, 0)  # R24
        assert renewal.transfer_invoice_days_before_end == 30  # R24
        reminders = renewal.reminder_days_before_deadline  # R25
        assert reminders.of(Term.YEAR) == (60, 30, 7)
        assert reminders.of(Term.QUARTER) == (14, 3)
        assert reminders.of(Term.MONTH) == (3,)
        assert reminders.of(Term.TRIAL) == ()

    def test_ends(self) -> None:
        assert POLICY.cancellation.window_days == 15  # R28
        assert not POLICY.cancellation.approval_required  # R29
        assert POLICY.retention.data_days == 14  # R31: two weeks
        assert POLICY.retention.warning_days_before_end == (7, 1)  # R31

    def test_people(self) -> None:
        assert POLICY.invitations.expiry_days == 14  # R36
        assert POLICY.invitations.most_at_a_time == 10  # R36
        assert POLICY.seats.lock_days == 0  # R38
        assert POLICY.seats.last_use_written_within_seconds == 60  # R38

    def test_tax(self) -> None:
        assert POLICY.tax.oss  # R45
        assert POLICY.tax.taxed_countries_outside_eu == ()  # R45: none unless the policy says so

    def test_statutory_rights_are_there_and_off(self) -> None:
        statutory = POLICY.statutory_eu
        assert not statutory.enabled
        assert statutory.withdrawal_days == 14
        assert statutory.express_request_to_start
        assert statutory.withdrawal_acknowledged
        assert statutory.termination_without_login
        assert statutory.withdrawal_link_days == 30
        assert statutory.notice_earliest_months_before_deadline == 3
        assert statutory.notice_latest_months_before_deadline == 1
        assert statutory.data_days == 30
        assert not statutory.protects(Audience.CREATOR, "FR")
        assert not statutory.keeps_data(Audience.BUSINESS, "FR")

    def test_whom_they_protect(self) -> None:
        on = parse_policy("statutory_eu.enabled = true").statutory_eu
        assert on.protects(Audience.CREATOR, "FR")
        assert on.protects(Audience.STUDENT, "GR")
        assert not on.protects(Audience.BUSINESS, "FR")
        assert not on.protects(Audience.CREATOR, "US")
        assert on.keeps_data(Audience.BUSINESS, "FR")
        assert not on.keeps_data(Audience.BUSINESS, "CH")

    def test_it_never_changes(self) -> None:
        with pytest.raises(ValidationError):
            POLICY.retention.data_days = 0  # type: ignore[misc]  # trying is the point


class TestFiles:
    def test_what_is_left_out_is_as_in_the_default(self) -> None:
        assert parse_policy("") == POLICY
        changed = parse_policy("[retention]\ndata_days = 30\n")
        assert changed.retention.data_days == 30
        assert changed.retention.warning_days_before_end == (7, 1)
        assert changed.cancellation == POLICY.cancellation

    def test_what_is_shown_is_the_file_that_comes_along(self) -> None:
        shipped = files("tenure.policy").joinpath("default.toml").read_text(encoding="utf-8")
        assert shipped.endswith(render(POLICY))

    def test_every_key_is_shown_with_its_rule(self) -> None:
        lines = render(POLICY).splitlines()
        for before, line in pairwise(lines):
            assert " = " not in line or before.startswith("# R")

    def test_the_same_rules_have_the_same_fingerprint(self) -> None:
        longer = parse_policy("[cancellation]\nwindow_days = 30")
        assert fingerprint(POLICY) == fingerprint(parse_policy(render(POLICY)))
        assert fingerprint(longer) != fingerprint(POLICY)

    @given(st.data())
    def test_what_is_shown_reads_as_the_same(self, data: st.DataObject) -> None:
        policy = Policy.model_validate(data.draw(policies()))
        assert parse_policy(render(policy)) == policy

    @given(st.text())
    def test_any_text_is_a_policy_or_is_told_why_not(self, text: str) -> None:
        with suppress(PolicyInvalid):
            assert parse_policy(text) == POLICY


@st.composite
def policies(draw: st.DrawFn) -> dict[str, object]:
    """Other figures for most keys, as they are read from a file."""
    values = POLICY.model_dump(mode="json")
    deadline = draw(st.integers(1, 27))
    days = st.integers(1, 3660)
    values["renewal"]["opt_out_days_before_end"] = deadline
    charges = st.lists(st.integers(0, deadline - 1), min_size=1, max_size=5, unique=True)
    values["renewal"]["card_charge_days_before_end"] = sorted(draw(charges), reverse=True)
    values["renewal"]["reminder_days_before_deadline"] = {"year": [9], "quarter": [], "month": [1]}
    values["cancellation"] = {"window_days": draw(days), "approval_required": draw(st.booleans())}
    values["retention"] = {"data_days": draw(days), "warning_days_before_end": [1]}
    values["retention"] |= {"export_kept_days": draw(days), "accounting_years": 10}
    values["seats"]["lock_days"] = draw(days)
    values["terms"]["student"] = draw(st.permutations(["year", "month"]))
    values["students"]["further_academic_domains"] = ["my-school.example", "x.y.edu"]
    values["tax"]["taxed_countries_outside_eu"] = draw(st.permutations(["CH", "NO"]))
    values["statutory_eu"]["enabled"] = draw(st.booleans())
    return values


class TestWrongFiles:
    def test_every_wrong_key_at_once_with_its_line(self) -> None:
        text = """
            [retention]
            data_days = "14"
            dat_days = 3

            [terms]
            creator = ["year", "weekly"]
            [renewal.reminder_days_before_deadline]
            month = [3, true]
            [cancelation]
            window_days = 30
        """
        assert told(text) == [
            ("retention.data_days", "policy_not_whole_number", 3),
            ("retention.dat_days", "policy_key_unknown", 4),
            ("terms.creator[1]", "policy_not_one_of", 7),
            (
                "renewal.reminder_days_before_deadline.month[1]",
                "policy_not_whole_number",
                9,
            ),
            ("cancelation", "policy_key_unknown", 10),
        ]

    @pytest.mark.parametrize(
        ("text", "field", "code"),
        [
            ("terms = 5", "terms", "policy_not_a_section"),
            ("tax.oss = 1", "tax.oss", "policy_not_true_or_false"),
            ("tax.oss = 'yes'", "tax.oss", "policy_not_true_or_false"),
            ("terms.student = 'year'", "terms.student", "policy_not_a_list"),
            ("terms.student = []", "terms.student", "policy_too_short"),
            ("terms.student = ['year', 'year']", "terms.student", "policy_given_twice"),
            ("terms.student = ['trial']", "terms.student", "policy_no_trial_here"),
            (
                "payment_methods.creator = ['cash']",
                "payment_methods.creator[0]",
                "policy_not_one_of",
            ),
            (
                "payment_methods.creator = ['card', 'card']",
                "payment_methods.creator",
                "policy_given_twice",
            ),
            ("retention.data_days = -1", "retention.data_days", "policy_too_small"),
            ("retention.data_days = 14.0", "retention.data_days", "policy_not_whole_number"),
            ("retention.data_days = true", "retention.data_days", "policy_not_whole_number"),
            ("retention.data_days = 2027-01-01", "retention.data_days", "policy_not_whole_number"),
            ("seats.lock_days = 10000000", "seats.lock_days", "policy_too_great"),
            (
                "retention.warning_days_before_end = [1, 7]",
                "retention.warning_days_before_end",
                "policy_days_not_descending",
            ),
            (
                "retention.warning_days_before_end = [15]",
                "retention.warning_days_before_end",
                "policy_warning_too_early",
            ),
            (
                "renewal.card_charge_days_before_end = [5, 1]",
                "renewal.card_charge_days_before_end",
                "policy_charge_before_deadline",
            ),
            (
                f"renewal.card_charge_days_before_end = {list(range(30, 0, -1))}",
                "renewal.card_charge_days_before_end",
                "policy_too_long",
            ),
            (
                "renewal.reminder_days_before_deadline.month = [24]",
                "renewal.reminder_days_before_deadline.month",
                "policy_days_too_early",
            ),
            (
                "students.further_academic_domains = ['.EDU']",
                "students.further_academic_domains[0]",
                "policy_not_a_domain",
            ),
            (
                "students.further_academic_domains = [1]",
                "students.further_academic_domains[0]",
                "policy_not_text",
            ),
            (
                "tax.taxed_countries_outside_eu = ['UK']",
                "tax.taxed_countries_outside_eu",
                "policy_unknown_country",
            ),
            (
                "tax.taxed_countries_outside_eu = ['FR']",
                "tax.taxed_countries_outside_eu",
                "policy_taxed_already",
            ),
            (
                "statutory_eu.notice_latest_months_before_deadline = 3",
                "statutory_eu.notice_latest_months_before_deadline",
                "policy_notice_window_empty",
            ),
        ],
    )
    def test_one_wrong_key(self, text: str, field: str, code: str) -> None:
        assert told(text) == [(field, code, 1)]

    def test_what_is_no_toml(self) -> None:
        assert told("[retention]\ndata_days = = 3") == [("", "policy_not_toml", 2)]
        assert told("x = " + "[" * 50_000) == [("", "policy_not_toml", 1)]
        assert told("[retention") == [("", "policy_not_toml", 1)]

        assert told("x = " + "1" * 5_000) == [("", "policy_not_toml", 1)]

    def test_a_key_in_quotes_is_told_without_its_line(self) -> None:
        assert told('"seats" = { lock_days = -1 }') == [
            ("seats.lock_days", "policy_too_small", None)
        ]

    def test_unknown_keys_are_shown_the_known_ones(self) -> None:
        with pytest.raises(PolicyInvalid) as refused:
            parse_policy("[seats]\nlock = 3")
        (error,) = refused.value.field_errors
        assert error.figures["known"] == ("lock_days", "last_use_written_within_seconds")


class TestWarnings:
    def test_consumers_in_the_union_without_their_rights(self) -> None:
        (warning,) = policy_warnings(POLICY, consumer_countries=["US", "FR", "DE"])
        assert warning.code.code == "consumers_without_statutory_rights"
        assert warning.figures["countries"] == ("DE", "FR")

    def test_none_elsewhere_and_none_with_them(self) -> None:
        assert policy_warnings(POLICY, consumer_countries=["US", "JP"]) == ()
        on = parse_policy("[statutory_eu]\nenabled = true")
        assert policy_warnings(on, consumer_countries=["FR"]) == ()


def test_academic_domains_are_spelt_as_they_are_compared() -> None:
    domains = academic_domains()
    assert {"edu", "ac.uk", "ac.jp", "edu.au", "polytechnique.edu", "ens.fr"} <= domains
    assert len(domains) > 500
    for domain in domains:
        assert domain == domain.lower().strip(". ")
        assert all(part and part.replace("-", "").isalnum() for part in domain.split("."))
