"""R34: who can offer the ownership, and until when it can be accepted; what staff acting may."""

import itertools

import pytest

from tenure.organisations.rules import (
    Ability,
    OfferStatus,
    acting_verdict,
    card_verdict,
    ownership_answer_verdict,
    ownership_offer_verdict,
)


@pytest.mark.parametrize(
    ("giver_owns", "taker_active", "taker_owns", "already_open", "code"),
    [
        (True, True, False, False, "ownership_offerable"),
        (False, False, True, True, "ownership_is_given"),
        (True, False, True, True, "ownership_taker_not_active"),
        (True, True, True, True, "already_owner"),
        (True, True, False, True, "ownership_offer_open"),
    ],
)
def test_the_first_reason_that_holds(
    giver_owns: bool, taker_active: bool, taker_owns: bool, already_open: bool, code: str
) -> None:
    verdict = ownership_offer_verdict(
        giver_owns=giver_owns,
        taker_active=taker_active,
        taker_owns=taker_owns,
        already_open=already_open,
    )
    assert verdict.code.code == code
    assert verdict.code.rule == "R34"
    assert verdict.allowed == (code == "ownership_offerable")


def test_an_offer_is_accepted_only_while_open_and_kept_to() -> None:
    for status, owns, active in itertools.product(OfferStatus, (True, False), (True, False)):
        verdict = ownership_answer_verdict(status, giver_owns=owns, taker_active=active)
        assert verdict.allowed == (status is OfferStatus.OPEN and owns and active)
    lost = ownership_answer_verdict(OfferStatus.OPEN, giver_owns=False, taker_active=True)
    assert lost.figures == {"offer_status": "withdrawn"}


@pytest.mark.parametrize("ability", Ability)
def test_who_acts_may_what_an_administrator_may(ability: Ability) -> None:
    assert acting_verdict(ability).allowed == (ability is not Ability.OWNERSHIP)


def test_no_staff_pays_with_a_customers_card() -> None:
    assert card_verdict("staff:usr_01h455vb4pex5vsknk084sn02q").code.code == "acting_pays_nothing"
    assert card_verdict("member:mem_01h455vb4pex5vsknk084sn02q")
    assert card_verdict("key:key_01h455vb4pex5vsknk084sn02q")
