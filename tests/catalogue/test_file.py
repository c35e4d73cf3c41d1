"""A catalogue file is taken as it is meant, and refused with every error at its line and field."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tenure.catalogue.file import CatalogueFileRefused, parse_catalogue, read_catalogue
from tests.catalogue.files import SMALL, large, line_of, wrong


class TestWhatIsTaken:
    def test_every_part(self) -> None:
        shop = parse_catalogue(SMALL)
        assert shop.vendor.name == "Atelier Exemple"
        assert [currency.code for currency in shop.currencies] == ["EUR", "USD", "JPY"]
        assert shop.currencies[1].countries == ("US",)
        assert shop.roles[1].requires == ("designer",)
        assert shop.roles[1].grants == {"cad": ("open",), "cam": ("open", "post")}
        assert shop.offers[3].trial_days == 30
        assert shop.offers[2].prices == ()
        assert shop.offers[2].countries == ()

    def test_norway_is_a_country(self) -> None:
        assert parse_catalogue(SMALL).offers[0].countries == ("FR", "DE", "NO", "US")

    def test_numbers_meant_as_text_keep_their_zeros(self) -> None:
        vendor = parse_catalogue(SMALL).vendor
        assert (vendor.postal_code, vendor.siren) == ("01000", "123456782")

    def test_days_quoted_or_not(self) -> None:
        offers = parse_catalogue(SMALL).offers
        assert offers[0].prices[1].valid_from == date(2027, 1, 1)
        assert offers[1].prices[1].valid_from == date(2026, 1, 1)
        assert offers[0].prices[0].valid_from is None

    def test_one_text_stands_for_both_languages(self) -> None:
        description = parse_catalogue(SMALL).roles[1].description
        assert description is not None
        assert (description.en, description.fr) == ("Mills.", "Mills.")

    def test_one_required_role_may_stand_alone(self) -> None:
        shop = parse_catalogue(SMALL.replace("requires: [designer]", "requires: designer"))
        assert shop.roles[1].requires == ("designer",)

    def test_optional_keys_may_be_absent_or_empty(self) -> None:
        bare = """
currencies: [{code: EUR, countries: }]
applications: []
solutions: [{id: s, name: {en: S, fr: S}}]
roles: [{id: r, name: {en: R, fr: R}, solution: s, description: ~, requires: }]
offers: [{id: o, roles: [r], audience: student, channel: contact, prices: null}]
"""
        shop = parse_catalogue(bare)
        assert shop.vendor.country is None
        assert shop.roles[0].description is None
        assert shop.offers[0].prices == ()

    def test_byte_order_mark_and_windows_lines(self) -> None:
        data = "\ufeff".encode() + SMALL.replace("\n", "\r\n").encode()
        assert parse_catalogue(data) == parse_catalogue(SMALL)
        assert parse_catalogue("\ufeff" + SMALL) == parse_catalogue(SMALL)

    def test_numbers_in_the_other_notations_of_yaml(self) -> None:
        shop = parse_catalogue(SMALL.replace("amount: 33000", "amount: 0x80e8"))
        assert shop.offers[0].prices[2].amount == 33000
        shop = parse_catalogue(SMALL.replace("amount: 33000", "amount: +33000"))
        assert shop.offers[0].prices[2].amount == 33000
        shop = parse_catalogue(SMALL.replace("amount: 33000", "amount: 0o100350"))
        assert shop.offers[0].prices[2].amount == 33000

    def test_reading_gives_the_text_too(self, tmp_path: Path) -> None:
        path = tmp_path / "shop.yaml"
        path.write_text(SMALL, "utf-8")
        assert read_catalogue(path) == (parse_catalogue(SMALL), SMALL)


def broken(old: str, new: str, *, nth: int = 1) -> str:
    """``SMALL`` with its ``nth`` ``old`` replaced."""
    parts = SMALL.split(old)
    assert len(parts) > nth, old
    return old.join(parts[:nth]) + new + old.join(parts[nth:])


FIELD_ERRORS = [
    # what is replaced, by what, the line's text, field, code
    ("country: FR", "country: XX", "country: XX", "vendor.country", "no_such_country"),
    ("country: FR", "currency: FRF", "y: FRF", "vendor.currency", "no_such_currency"),
    ("Europe/Paris", "Mars/Base", "Mars/Base", "vendor.timezone", "no_such_timezone"),
    ("name: Atelier Exemple", "nom: A", "nom: A", "vendor.nom", "key_unknown"),
    ("code: USD", "code: USX", "code: USX", "currencies[1].code", "no_such_currency"),
    ("code: USD", "code: EUR", "code: EUR,", "currencies[1].code", "given_twice"),
    ("[JP]\n", "[US]\n", "[US]", "currencies[2].countries[0]", "country_of_two_currencies"),
    ("id: cam", "id: cad", "id: cad", "applications[1].id", "given_twice"),
    ("id: cam", "id: a b", "id: a b", "applications[1].id", "not_an_id"),
    ("name: CAM", "name: 7", "name: 7", "applications[1].name", "not_text"),
    ("name: CAM", 'name: " "', 'name: " "', "applications[1].name", "blank"),
    ("name: CAM", f"name: {'x' * 201}", "xxx", "applications[1].name", "too_long"),
    ("      - post", "      - open", "- open", "applications[1].permissions[1]", "given_twice"),
    ("[open, save, print]", "open", "s: open", "applications[0].permissions", "not_list"),
    ("{en: Design, fr: Conception}", "Design", "name: Design", "solutions[0].name", "not_mapping"),
    ("{en: Making, fr: F", "{en: Making, de: F", "de: F", "solutions[1].name.fr", "key_missing"),
    ("solution: making", "solution: x", "solution: x", "roles[1].solution", "not_declared"),
    ("cam: [open, post]", "cam: [fly]", "[fly]", "roles[1].grants.cam[0]", "no_such_permission"),
    ("cam: [open", "cax: [open", "cax:", "roles[1].grants.cax", "not_declared"),
    ("Mills.", "x" * 4001, "n: xxx", "roles[1].description.en", "too_long"),
    ("requires: [designer]", "requires: [x]", "[x]", "roles[1].requires[0]", "not_declared"),
    (
        "requires: [designer]",
        "requires: machinist",
        "s: m",
        "roles[1].requires",
        "roles_in_a_circle",
    ),
    ("audience: creator", "audience: maker", "maker", "offers[1].audience", "not_one_of"),
    ("channel: contact", "channel: shop", "shop", "offers[2].channel", "not_one_of"),
    ("    channel: contact\n", "", "- id: both", "offers[2].channel", "key_missing"),
    ("roles: [machinist]", "roles: []", "roles: []", "offers[3].roles", "blank"),
    ("roles: [machinist]", "roles: [m]", "roles: [m]", "offers[3].roles[0]", "not_declared"),
    ("trial_days: 30", "trial_days: 0", "_days: 0", "offers[3].trial_days", "too_small"),
    ("trial_days: 30", "trial_days: 9999", "_days: 9", "offers[3].trial_days", "too_great"),
    ("trial_days: 30", "trial_days: yes", "_days: y", "offers[3].trial_days", "not_whole_number"),
    ("[FR, JP]", "[FR, FR]", "[FR, FR]", "offers[1].countries[1]", "given_twice"),
    ("[FR, JP]", "[FR, UK]", "[FR, UK]", "offers[1].countries[1]", "no_such_country"),
    ("[FR, JP]", "[FR, FRA]", "[FR, FRA]", "offers[1].countries[1]", "no_such_country"),
    ("30000}", "-1}", "-1}", "offers[1].prices[0].amount", "too_small"),
    ("30000}", "300.5}", "300.5}", "offers[1].prices[0].amount", "not_whole_number"),
    ("30000}", "'30000'}", "'30000'}", "offers[1].prices[0].amount", "not_whole_number"),
    ("30000}", f"{10**13}}}", "000000}", "offers[1].prices[0].amount", "too_great"),
    ("30000}", f"{10**99}}}", "000000}", "offers[1].prices[0].amount", "not_whole_number"),
    ("30000}", ".nan}", ".nan}", "offers[1].prices[0].amount", "not_whole_number"),
    ("30000}", "true}", "true}", "offers[1].prices[0].amount", "not_whole_number"),
    ("from: 2027-01-01", "from: 2027-02-30", "02-30", "offers[0].prices[1].from", "not_a_date"),
    ("from: 2027-01-01", "from: 2027", "from: 2027}", "offers[0].prices[1].from", "not_a_date"),
    ("term: month", "term: trial", "term: trial", "offers[1].prices[1].term", "not_one_of"),
    ("currency: JPY", "currency: GBP", "GBP", "offers[1].prices[1].currency", "not_declared"),
    (", from: 2027-01-01", "", "130000", "offers[0].prices[1]", "given_twice"),
    (
        "channel: contact\n",
        "channel: contact\n    color: 1\n",
        "color",
        "offers[2].color",
        "key_unknown",
    ),
    (
        "    trial_days: 30\n",
        "    trial_days: 30\n    prices: [{term: year, currency: EUR, amount: 1}]\n",
        "prices: [{",
        "offers[3].prices",
        "trial_with_price",
    ),
]


@pytest.mark.parametrize(("old", "new", "at", "field", "code"), FIELD_ERRORS)
def test_each_error_has_its_line_and_field(
    old: str, new: str, at: str, field: str, code: str
) -> None:
    text = broken(old, new)
    found = wrong(text)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if at in line]
    told = [line for line, *what in found if what == [field, f"catalogue_{code}"]]
    assert len(told) == 1
    assert told[0] in lines
    assert len(found) <= 3, "one slip, and what rests on it"


class TestTheWholeFile:
    def test_all_errors_are_told_at_once(self) -> None:
        text = broken("country: FR", "country: XX").replace("30000}", "-1}")
        text = text.replace("channel: contact", "channel: shop").replace("roles: [m", "roles: [n")
        assert wrong(text) == [
            (
                line_of("country: XX", text),
                "vendor.country",
                "catalogue_no_such_country",
            ),
            (line_of("-1}", text), "offers[1].prices[0].amount", "catalogue_too_small"),
            (
                line_of("channel: shop", text),
                "offers[2].channel",
                "catalogue_not_one_of",
            ),
            (line_of("[nac", text), "offers[3].roles[0]", "catalogue_not_declared"),
        ]

    def test_a_malformed_entry_is_not_unknown_to_the_others(self) -> None:
        text = broken("id: designer\n", "id: designer\n    colour: red\n")
        assert [each[2] for each in wrong(text)] == ["catalogue_key_unknown"]
        text = broken("code: JPY\n", "code: JPY\n    symbol: ¥\n")
        assert [each[2] for each in wrong(text)] == ["catalogue_key_unknown"]

    def test_after_a_hundred_only_the_number_is_told(self) -> None:
        with pytest.raises(CatalogueFileRefused) as refused:
            parse_catalogue(large(130).replace("channel: online", "channel: shop"))
        assert (len(refused.value.problems), refused.value.more) == (100, 30)
        assert refused.value.figures["count"] == 130

    def test_errors_read_in_both_languages(self) -> None:
        with pytest.raises(CatalogueFileRefused) as refused:
            parse_catalogue(broken("audience: creator", "audience: maker"), file="shop.yaml")
        line = line_of("audience: creator")
        place = f"shop.yaml:{line}: offers[1].audience: "
        assert refused.value.lines("en") == [
            f"{place}This must be one of: business, creator, student."
        ]
        assert refused.value.lines("fr") == [
            f"{place}Une de ces valeurs est attendue\u00a0: business, creator, student."
        ]
        assert str(refused.value) == refused.value.lines("en")[0]

    def test_missing_sections(self) -> None:
        assert wrong("vendor: {}\n") == [
            (1, section, "catalogue_key_missing")
            for section in ("currencies", "applications", "solutions", "roles", "offers")
        ]

    def test_no_currency(self) -> None:
        text = SMALL.replace("currencies:\n", "currencies: []\nother:\n")
        assert (9, "currencies", "catalogue_blank") in wrong(text)

    @pytest.mark.parametrize("text", ["- a", "just text", "12", "[]"])
    def test_something_else_than_a_mapping(self, text: str) -> None:
        assert wrong(text) == [(1, "", "catalogue_not_mapping")]

    def test_sections_of_another_kind(self) -> None:
        text = "currencies: 1\napplications: {}\nsolutions: [1]\nroles: [[]]\noffers: x\n"
        assert wrong(text) == [
            (1, "currencies", "catalogue_not_list"),
            (2, "applications", "catalogue_not_list"),
            (3, "solutions[0]", "catalogue_not_mapping"),
            (4, "roles[0]", "catalogue_not_mapping"),
            (5, "offers", "catalogue_not_list"),
        ]

    def test_a_circle_of_many_is_told_once(self) -> None:
        text = SMALL.replace("      cad: [open, save]\n", "    requires: machinist\n")
        found = wrong(text.replace("    grants:\n", "    grants: {}\n"))
        assert [each[1:] for each in found] == [
            ("roles[0].requires", "catalogue_roles_in_a_circle")
        ]


class TestTheYaml:
    @pytest.mark.parametrize(
        ("text", "line", "field", "code"),
        [
            ("", 1, "", "empty"),
            ("# nothing\n", 1, "", "empty"),
            ("a: [1\nb: 2", 2, "a[1]", "not_yaml"),
            ("a: b: c", 1, "", "not_yaml"),
            ("a: '", 1, "a", "not_yaml"),
            ("a: 1\n\tb: 2", 2, "a", "not_yaml"),
            ("a: 1\n---\nb: 2", 2, "", "several_documents"),
            ("a: \x07", 1, "", "not_yaml"),
            ("a:\n  b: 1\n  b: 2\n", 3, "a.b", "key_twice"),
            ("a:\n  b: {}\n  b: 2\n", 3, "a.b", "key_twice"),
            ("a: 1\n2: b\n", 2, "", "key_not_text"),
            ("? [a]\n: b\n", 1, "", "key_not_text"),
            ("a: &x 1\n", 1, "a", "anchor_used"),
            ("a: &x [1]\nb: *x\n", 2, "b", "anchor_used"),
            ("a: &x b\n*x : 2\n", 2, "", "anchor_used"),
            ("a: !!str 1\n", 1, "a", "tag_used"),
            ("a: !mine {}\n", 1, "a", "tag_used"),
            ('a: "\\0"\n', 1, "a", "control_character"),
            ("a: " + "[" * 40, 1, "a" + "[0]" * 15, "too_deep"),
            ("- " * 100_000, 1, "[0]" * 16, "too_deep"),
        ],
    )
    def test_what_cannot_be_read(self, text: str, line: int, field: str, code: str) -> None:
        assert (line, field, f"catalogue_{code}") in wrong(text)

    def test_a_million_laughs(self) -> None:
        laughs = ["a0: &a0 [ha, ha]"]
        laughs += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
        assert "catalogue_anchor_used" in {each[2] for each in wrong("\n".join(laughs))}

    def test_one_cause_is_told_once(self) -> None:
        text = broken("solution: making", "solution: *x")
        where = (line_of("*x", text), "roles[1].solution", "catalogue_anchor_used")
        assert wrong(text) == [where]

    def test_not_utf8(self) -> None:
        assert wrong(b"vendor:\n  name: \xe9t\xe9\n") == [(2, "", "catalogue_not_utf8")]
        assert wrong("a: \ud800") == [(1, "", "catalogue_not_utf8")]
        assert wrong("a: 1".encode("utf-16"))[0][2] == "catalogue_not_utf8"

    def test_too_large(self) -> None:
        assert wrong(b" " * 64_000_001) == [(1, "", "catalogue_too_large")]

    def test_no_such_file(self, tmp_path: Path) -> None:
        with pytest.raises(CatalogueFileRefused) as refused:
            read_catalogue(tmp_path / "none.yaml")
        assert refused.value.problems[0].code.code == "catalogue_unreadable"

    def test_odd_keys_are_shown_safely(self) -> None:
        found = wrong(SMALL + '"a b": 1\n"\\e[31m": 2\n')
        assert '["a b"]' in {each[1] for each in found}
        assert all(each[1].isprintable() for each in found)
