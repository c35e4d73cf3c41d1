"""Keys of an organisation's API, made and taken back by its administrators (R35)."""

from __future__ import annotations

import pytest

from tenure.base.errors import NotFound, Refused
from tenure.base.ids import new_id
from tenure.events.models import Event
from tenure.events.queries import revision_of
from tenure.flows.api_keys import make_api_key, revoke_api_key
from tenure.organisations.models import Organisation
from tenure.organisations.queries import api_key_of, api_keys_of
from tests.organisations.keys import valid_key
from tests.shop import START, customer, open_shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def organisation(transactional_db: None) -> Organisation:
    open_shop()
    return customer()


def test_a_key_is_valid_until_it_is_revoked(organisation: Organisation) -> None:
    made = make_api_key(organisation=organisation.id, name="CI", now=START, by="member:mem_x")
    found = valid_key(made.text)
    assert found is not None
    assert (found.id, found.organisation) == (made.id, organisation.id)
    written = revoke_api_key(organisation=organisation.id, key=made.id, now=START, by="test")
    assert valid_key(made.text) is None
    assert written.revision == revision_of(organisation.id) > made.revision


def test_revoking_again_changes_nothing(organisation: Organisation) -> None:
    made = make_api_key(organisation=organisation.id, name="CI", now=START, by="test")
    for _ in range(2):
        revoke_api_key(organisation=organisation.id, key=made.id, now=START, by="test")
    assert Event.objects.filter(type="api_key.revoked").count() == 1
    assert [key.id for key in api_keys_of(organisation.id)] == [made.id]


def test_a_key_of_others_is_not_found(organisation: Organisation) -> None:
    other = customer(email="eve@elsewhere.example")
    made = make_api_key(organisation=other.id, name="theirs", now=START, by="test")
    for whose in (organisation.id, None):
        with pytest.raises(NotFound):
            revoke_api_key(organisation=whose, key=made.id, now=START, by="test")
    assert api_keys_of(None) == []
    with pytest.raises(NotFound):
        api_key_of(organisation.id, made.id)
    with pytest.raises(NotFound):
        make_api_key(organisation=new_id(), name="nobody's", now=START, by="test")


def test_staff_who_act_make_no_key_that_would_outlast_it(organisation: Organisation) -> None:
    with pytest.raises(Refused) as refused:
        make_api_key(organisation=organisation.id, name="mine", now=START, by="staff:usr_x")
    assert refused.value.code.code == "acting_makes_no_key"
