"""Whose tax, at which rate, rounded once per document."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.base.countries import EU_COUNTRIES
from tenure.base.errors import Refused
from tenure.base.money import round_half_up
from tenure.orders.rules.rates import parse_rates, vat_rates
from tenure.orders.rules.tax import (
    LineAmounts,
    TaxKind,
    TaxSituation,
    number_decides,
    price_document,
    tax_situation,
    would_reverse,
)
from tenure.policy.loading import parse_policy
from tenure.policy.words import Audience

RATES = vat_rates()
ON = date(2027, 3, 1)
STATED = {
    "AT": "20",
    "BE": "21",
    "BG": "20",
    "HR": "25",
    "CY": "19",
    "CZ": "21",
    "DK": "25",
    "EE": "24",
    "FI": "25.5",
    "FR": "20",
    "DE": "19",
    "GR": "24",
    "HU": "27",
    "IE": "23",
    "IT": "22",
    "LV": "21",
    "LT": "21",
    "LU": "17",
    "MT": "18",
    "NL": "21",
    "PL": "23",
    "PT": "23",
    "RO": "21",
    "SK": "23",
    "SI": "22",
    "ES": "21",
    "SE": "25",
    "GB": "20",
    "CH": "8.1",
    "NO": "25",
}
"""The standard rates in force, in percent."""


def situation(
    audience: Audience,
    buyer: str,
    *,
    vendor: str = "FR",
    validated: bool = False,
    policy: str = "",
    on: date = ON,
) -> TaxSituation:
    return tax_situation(
        vendor_country=vendor,
        audience=audience,
        buyer_country=buyer,
        vat_number_validated=validated,
        on=on,
        tax=parse_policy(policy).tax,
        rates=RATES,
    )


def shortly(found: TaxSituation) -> tuple[str, str | None, str]:
    return found.kind.value, found.country, str(found.percent)


class TestRates:
    @pytest.mark.parametrize(
        ("country", "on", "percent"),
        [
            ("FR", date(2027, 1, 1), "20"),
            ("FI", date(2027, 1, 1), "25.5"),
            ("FI", date(2024, 8, 31), "24"),
            ("EE", date(2025, 6, 30), "22"),
            ("EE", date(2025, 7, 1), "24"),
            ("SK", date(2024, 12, 31), "20"),
            ("SK", date(2025, 1, 1), "23"),
            ("RO", date(2025, 7, 31), "19"),
            ("RO", date(2025, 8, 1), "21"),
            ("CH", date(2027, 1, 1), "8.1"),
        ],
    )
    def test_have_dates(self, country: str, on: date, percent: str) -> None:
        assert RATES.on(country, on) == Decimal(percent) * 100

    def test_of_before_the_first_or_elsewhere_are_not_known(self) -> None:
        assert RATES.on("FR", date(2013, 12, 31)) is None
        assert RATES.on("US", ON) is None

    @pytest.mark.parametrize("country", sorted(EU_COUNTRIES))
    def test_are_there_for_the_whole_union(self, country: str) -> None:
        assert RATES.on(country, date(2024, 1, 1))

    def test_are_those_of_november_2026(self) -> None:
        """The 27 EU states, the United Kingdom, Switzerland and Norway, stated once more."""
        on = date(2026, 11, 27)
        stated = {country: found for country in STATED if (found := RATES.on(country, on))}
        assert stated == {country: int(Decimal(rate) * 100) for country, rate in STATED.items()}
        assert set(STATED) == EU_COUNTRIES | {"GB", "CH", "NO"}

    def test_are_checked(self) -> None:
        head = "country,rate_percent,from,note"
        for wrong in (["FR,20.123,2014-01-01,"], ["FR,-1,2014-01-01,"], ["FR,20,2014-01-01,"] * 2):
            with pytest.raises(ValueError, match="FR"):
                parse_rates([head, *wrong])

    def test_need_no_order(self) -> None:
        head = "country,rate_percent,from,note"
        rates = parse_rates([head, "EE,24,2025-07-01,", "EE,22,2024-01-01,"])
        assert rates.on("EE", date(2025, 1, 1)) == 2200
        assert parse_rates([head, "EE,0,2024-01-01,"]).on("EE", date(2025, 1, 1)) == 0


class TestSituations:
    @pytest.mark.parametrize("audience", [Audience.CREATOR, Audience.STUDENT])
    @pytest.mark.parametrize(
        ("buyer", "expected"),
        [
            ("FR", ("vendor_country", "FR", "20")),
            ("DE", ("buyer_country", "DE", "19")),
            ("GR", ("buyer_country", "GR", "24")),
            ("FI", ("buyer_country", "FI", "25.5")),
            ("GB", ("no_tax", None, "0")),
            ("CH", ("no_tax", None, "0")),
            ("NO", ("no_tax", None, "0")),
            ("US", ("no_tax", None, "0")),
            ("RE", ("no_tax", None, "0")),
            ("AX", ("no_tax", None, "0")),
            ("SM", ("no_tax", None, "0")),
            ("JE", ("no_tax", None, "0")),
            ("IM", ("no_tax", None, "0")),
            ("LI", ("no_tax", None, "0")),
            ("MC", ("vendor_country", "FR", "20")),
        ],
    )
    def test_of_consumers(
        self, audience: Audience, buyer: str, expected: tuple[str, str | None, str]
    ) -> None:
        assert shortly(situation(audience, buyer)) == expected
        assert shortly(situation(audience, buyer, validated=True)) == expected

    def test_of_consumers_without_oss(self) -> None:
        found = situation(Audience.CREATOR, "DE", policy="tax.oss = false")
        assert shortly(found) == ("vendor_country", "FR", "20")

    @pytest.mark.parametrize(
        ("buyer", "validated", "expected"),
        [
            ("FR", False, ("vendor_country", "FR", "20")),
            ("FR", True, ("vendor_country", "FR", "20")),
            ("DE", True, ("reverse_charge", "DE", "0")),
            ("DE", False, ("buyer_country", "DE", "19")),
            ("JP", True, ("no_tax", None, "0")),
            ("JP", False, ("no_tax", None, "0")),
        ],
    )
    def test_of_companies(
        self, buyer: str, validated: bool, expected: tuple[str, str | None, str]
    ) -> None:
        found = situation(Audience.BUSINESS, buyer, validated=validated)
        assert shortly(found) == expected
        assert found.reverse_charge == (expected[0] == "reverse_charge")

    def test_of_a_company_as_of_a_consumer_without_oss(self) -> None:
        found = situation(Audience.BUSINESS, "DE", policy="tax.oss = false")
        assert shortly(found) == ("vendor_country", "FR", "20")

    def test_outside_the_union_where_the_policy_says_so(self) -> None:
        policy = "tax.taxed_countries_outside_eu = ['CH', 'MC']"
        assert shortly(situation(Audience.CREATOR, "CH", policy=policy)) == (
            "buyer_country",
            "CH",
            "8.1",
        )
        assert shortly(situation(Audience.CREATOR, "NO", policy=policy))[0] == "no_tax"

    def test_what_belongs_to_a_neighbours_territory_has_its_rate(self) -> None:
        policy = "tax.taxed_countries_outside_eu = ['LI', 'IM', 'RE']"
        found = {
            buyer: shortly(situation(Audience.CREATOR, buyer, policy=policy))[1:]
            for buyer in ("LI", "IM", "RE")
        }
        assert found == {"LI": ("CH", "8.1"), "IM": ("GB", "20"), "RE": ("RE", "8.5")}
        assert shortly(situation(Audience.CREATOR, "IM", vendor="GB"))[1:] == ("GB", "20")

    def test_a_vendor_outside_the_union(self) -> None:
        assert shortly(situation(Audience.CREATOR, "GB", vendor="GB"))[1:] == ("GB", "20")
        assert shortly(situation(Audience.CREATOR, "DE", vendor="GB"))[1:] == ("DE", "19")
        assert shortly(situation(Audience.CREATOR, "US", vendor="US"))[0] == "no_tax"

    def test_a_rate_is_never_guessed(self) -> None:
        with pytest.raises(Refused) as refused:
            situation(Audience.CREATOR, "FR", on=date(2013, 1, 1))
        assert refused.value.code.code == "tax_rate_unknown"
        with pytest.raises(Refused):
            situation(Audience.CREATOR, "US", policy="tax.taxed_countries_outside_eu = ['US']")


def taxed(points: int) -> TaxSituation:
    return TaxSituation(TaxKind.VENDOR_COUNTRY, "FR", points)


amounts = st.lists(st.integers(0, 10**9), max_size=8)
points = st.sampled_from([0, 810, 1700, 1900, 2000, 2100, 2550, 2700])
consumers = st.sampled_from([Audience.CREATOR, Audience.STUDENT])


class TestDocuments:
    def test_of_a_company_are_taxed_on_the_net_sum(self) -> None:
        """Three times 0.33 at 20 % by line would be 0.21; on the sum it is 0.20."""
        found = price_document([33, 33, 33], Audience.BUSINESS, taxed(2000))
        assert (found.total_net, found.total_tax, found.total) == (99, 20, 119)
        assert found.lines == (
            LineAmounts(33, 7, 40),
            LineAmounts(33, 7, 40),
            LineAmounts(33, 6, 39),
        )

    def test_of_a_consumer_are_taxed_out_of_the_gross_sum(self) -> None:
        """100.00 at 20 %: net 83.33, tax 16.67."""
        found = price_document([10_000], Audience.CREATOR, taxed(2000))
        assert (found.total_net, found.total_tax, found.total) == (8333, 1667, 10_000)

    def test_lines_share_the_net_by_largest_remainder(self) -> None:
        found = price_document([999, 1, 100], Audience.STUDENT, taxed(2550))
        assert (found.total_net, found.total_tax, found.total) == (876, 224, 1100)
        assert [line.net for line in found.lines] == [795, 1, 80]

    def test_half_goes_up(self) -> None:
        assert price_document([5], Audience.BUSINESS, taxed(1000)).total_tax == 1
        assert price_document([3], Audience.CREATOR, taxed(2000)).total_net == 3

    def test_yen_have_no_minor_unit(self) -> None:
        found = price_document([1980], Audience.CREATOR, TaxSituation(TaxKind.NO_TAX, None, 0))
        assert found.lines == (LineAmounts(1980, 0, 1980),)

    def test_of_nothing(self) -> None:
        for audience in Audience:
            found = price_document([0], audience, taxed(2000))
            assert found.lines == (LineAmounts(0, 0, 0),)

    @given(amounts, points)
    def test_companies(self, nets: list[int], rate: int) -> None:
        found = price_document(nets, Audience.BUSINESS, taxed(rate))
        assert found.total_net == sum(nets)
        assert found.total_tax == round_half_up(Fraction(sum(nets) * rate, 10_000))
        assert [line.net for line in found.lines] == nets

    @given(amounts, points, consumers)
    def test_consumers(self, grosses: list[int], rate: int, audience: Audience) -> None:
        found = price_document(grosses, audience, taxed(rate))
        assert found.total == sum(grosses)
        assert found.total_net == round_half_up(sum(grosses) / (1 + Fraction(rate, 10_000)))
        assert [line.gross for line in found.lines] == grosses

    @given(amounts, amounts, points, st.sampled_from(Audience))
    def test_splitting_one_in_two_moves_its_tax_by_a_minor_unit_at_the_most(
        self, some: list[int], others: list[int], rate: int, audience: Audience
    ) -> None:
        """The stated rounding: two documents round twice where one rounds once (docs/tax.md)."""
        whole = price_document([*some, *others], audience, taxed(rate))
        parts = [price_document(each, audience, taxed(rate)) for each in (some, others)]
        assert abs(whole.total_tax - sum(part.total_tax for part in parts)) <= 1
        moved = abs(whole.total - sum(part.total for part in parts))
        assert moved <= (1 if audience == Audience.BUSINESS else 0)

    @given(
        amounts,
        st.sampled_from(Audience),
        st.sampled_from(sorted(EU_COUNTRIES | {"GB", "CH", "NO", "US", "MC", "RE"})),
        st.sampled_from(["FR", "DE", "GB", "US"]),
        st.booleans(),
        st.booleans(),
    )
    def test_of_any_buyer_and_vendor_add_up(
        self,
        given_amounts: list[int],
        audience: Audience,
        buyer: str,
        vendor: str,
        validated: bool,
        oss: bool,
    ) -> None:
        policy = f"tax.oss = {str(oss).lower()}\ntax.taxed_countries_outside_eu = ['CH', 'RE']"
        found = situation(audience, buyer, vendor=vendor, validated=validated, policy=policy)
        priced = price_document(given_amounts, audience, found)
        assert priced.total == priced.total_net + priced.total_tax
        assert (priced.total_tax == 0) or found.basis_points
        if found.reverse_charge:
            assert (priced.total, found.basis_points) == (sum(given_amounts), 0)
            assert number_decides(vendor_country=vendor, audience=audience, buyer_country=buyer)
        spared = would_reverse(found, audience=audience, buyer_country=buyer)
        decides = number_decides(vendor_country=vendor, audience=audience, buyer_country=buyer)
        assert spared == (decides and not validated and found.basis_points > 0)

    @given(amounts, points, st.sampled_from(Audience))
    def test_every_column_sums_to_its_total(
        self, given_amounts: list[int], rate: int, audience: Audience
    ) -> None:
        found = price_document(given_amounts, audience, taxed(rate))
        assert found.total_net == sum(line.net for line in found.lines)
        assert found.total_tax == sum(line.tax for line in found.lines)
        assert found.total == sum(line.gross for line in found.lines)
        assert found.total == found.total_net + found.total_tax
        for line in found.lines:
            assert line.gross == line.net + line.tax
            assert min(line) >= 0

    @given(amounts, consumers, st.sampled_from(["FR", "DE", "FI", "US", "JP", "CH"]))
    def test_consumers_pay_the_same_wherever_they_live(
        self, grosses: list[int], audience: Audience, country: str
    ) -> None:
        found = price_document(grosses, audience, situation(audience, country))
        assert found.total == sum(grosses)
