"""Numbers for VAT and of the French register: their form, checked offline."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.base.countries import EU_COUNTRIES
from tenure.organisations.rules.numbers import (
    _EXAMPLES,
    asked_at_vies,
    checked_numbers,
    known_prefixes,
    vat_number_counts,
)

KNOWN = sorted(EU_COUNTRIES | {"GB", "CH", "NO", "MC", "IM", "LI"})


def checked(country: str, number: str = "", company: str = "") -> tuple[str, str, list[str]]:
    numbers, errors = checked_numbers(country=country, vat_number=number, company=company)
    return numbers.vat_number, numbers.siren, [error.code.code for error in errors]


class TestVatNumbers:
    @pytest.mark.parametrize("country", KNOWN)
    def test_of_every_country_whose_form_is_known(self, country: str) -> None:
        example = _EXAMPLES[country]
        kept, _, errors = checked(country, example)
        assert not errors
        assert kept == "".join(example.replace("-", "").replace(".", "").split())
        assert checked(country, f" {kept.lower()} ") == (kept, "", [])
        without = kept.removeprefix(known_prefixes(country)[0])
        assert checked(country, without) == (kept, "", [])
        broken = kept[:-3] + ("000" if kept[-3:] != "000" else "111")
        assert checked(country, broken)[2] == ["vat_number_malformed"]

    @pytest.mark.parametrize(
        ("country", "number", "kept"),
        [
            ("GR", "EL 094 259 216", "EL094259216"),
            ("GB", "XI 980 780 684", "XI980780684"),
            ("CH", "CHE-107.787.577 TVA", "CHE107787577TVA"),
            ("CH", "CHE107787577", "CHE107787577MWST"),
            ("NO", "995 525 828", "NO995525828MVA"),
            ("BE", "BE 428.759.497", "BE0428759497"),
            ("US", "12-3456789", "12-3456789"),
            ("FR", "", ""),
        ],
    )
    def test_are_kept_in_one_form(self, country: str, number: str, kept: str) -> None:
        assert checked(country, number) == (kept, "", [])

    @pytest.mark.parametrize(
        ("country", "number"),
        [
            ("FR", "DE136695976"),
            ("DE", "EL094259216"),
            ("IE", "GB980780684"),
            ("FR", "CHE107787577"),
        ],
    )
    def test_belong_to_the_country_that_is_billed(self, country: str, number: str) -> None:
        assert checked(country, number) == (number, "", ["vat_number_of_another_country"])

    @given(st.sampled_from(KNOWN), st.text(max_size=20))
    def test_nothing_that_is_typed_breaks_it(self, country: str, number: str) -> None:
        kept, _, errors = checked(country, number)
        assert errors or not kept or kept.startswith(known_prefixes(country))

    def test_are_looked_up_where_they_decide_a_tax(self) -> None:
        assert asked_at_vies("EL094259216")
        assert asked_at_vies("XI980780684")
        assert not any(map(asked_at_vies, ("CHE107787577MWST", "GB980780684", "NO1", "GR1", "")))

    def test_an_answer_counts_so_many_days(self) -> None:
        answered = datetime(2027, 3, 1, 23, tzinfo=UTC)
        for on, counts in ((date(2027, 3, 31), True), (date(2027, 4, 1), False)):
            assert vat_number_counts(answered, on=on, days=30) is counts
        assert not vat_number_counts(None, on=date(2027, 3, 1), days=30)


class TestSiren:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("123 456 782", "123456782"),
            ("123 456 782 00002", "12345678200002"),
            ("356 000 000 00048", "35600000000048"),
            ("35600000049837", "35600000049837"),
        ],
    )
    def test_and_siret(self, given: str, kept: str) -> None:
        assert checked("FR", company=given) == ("", kept, [])

    @pytest.mark.parametrize("given", ["123456789", "1", "12345678200003", "ABC456782", "１２３"])
    def test_that_cannot_be_one(self, given: str) -> None:
        assert checked("FR", company=given) == ("", given, ["siren_malformed"])
