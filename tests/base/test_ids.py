"""Identifiers: sortable outside as inside, and anything malformed is simply not found."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.base.errors import NotFound
from tenure.base.ids import new_id, parse_public_id, public_id

ids = st.uuids()


def test_the_example_of_typeid() -> None:
    """A valid pair of the TypeID specification."""
    value = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert public_id("prefix", value) == "prefix_01h455vb4pex5vsknk084sn02q"


@given(ids)
def test_there_and_back(value: UUID) -> None:
    assert parse_public_id("org", public_id("org", value)) == value


@given(ids, ids)
def test_the_same_order_outside_as_inside(one: UUID, other: UUID) -> None:
    assert (public_id("org", one) < public_id("org", other)) == (one < other)


def test_new_ones_come_in_the_order_of_making() -> None:
    made = [new_id() for _ in range(100)]
    assert made == sorted(made)
    assert {value.version for value in made} == {7}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "org",
        "org_",
        "org_01h455vb4pex5vsknk084sn02",
        "org_01h455vb4pex5vsknk084sn02qq",
        "org_81h455vb4pex5vsknk084sn02q",
        "org_01h455vb4pex5vsknk084sn02u",
        "org_01H455VB4PEX5VSKNK084SN02Q",
        "mem_01h455vb4pex5vsknk084sn02q",
        "01h455vb4pex5vsknk084sn02q",
        "org-01h455vb4pex5vsknk084sn02q",
        "org_01890a5d-ac96-774b-bcce-b302099a8057",
    ],
)
def test_malformed_ones_are_not_found(text: str) -> None:
    with pytest.raises(NotFound) as refused:
        parse_public_id("org", text)
    assert refused.value.code.code == "not_found"


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    with pytest.raises(NotFound):
        parse_public_id("org", text)
