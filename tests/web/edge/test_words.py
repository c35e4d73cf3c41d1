"""What catalogues and verdicts say by codes is told in the reader's words."""

from __future__ import annotations

import pytest
from django.utils import translation

from tenure.catalogue.errors import OFFER_NOT_IN_COUNTRY
from tenure.catalogue.file.sample import sample_catalogue
from tenure.orders.errors import MIXED_AUDIENCES, MIXED_COUNTRIES, MIXED_TERMS, TRIAL_USED
from tenure.web.edge.words import permission, told


@pytest.mark.parametrize(
    ("code", "figures", "english", "french"),
    [
        (MIXED_TERMS, {"term": "year", "other": "quarter"}, "holds 1 year; start", "ici 1 an"),
        (MIXED_AUDIENCES, {"audience": "business", "other": "student"}, "companies", "étudiants"),
        (MIXED_COUNTRIES, {"country": "DE", "other": "FR"}, "Germany", "Allemagne"),
        (OFFER_NOT_IN_COUNTRY, {"offer": "year", "country": "US"}, "United States", "États-Unis"),
        (TRIAL_USED, {"offer": "x", "roles": ("FR", "year")}, "(FR, year)", "(FR, year)"),
    ],
)
def test_terms_audiences_and_countries_have_their_names(
    code: object, figures: dict[str, object], english: str, french: str
) -> None:
    for language, expected in (("en", english), ("fr", french)):
        with translation.override(language):
            assert expected in told(code, figures, language)  # type: ignore[arg-type]


def test_what_the_sample_lets_people_do_is_said_in_french() -> None:
    words = {word for program in sample_catalogue().applications for word in program.permissions}
    with translation.override("fr"):
        same = {word for word in words if permission(word) == word.replace("-", " ")}
    assert same == set()
    assert permission("turn_upside-down") == "turn upside down"
