"""What verify says of mails: waiting is on its way, beyond the journal is wrong."""

from __future__ import annotations

import pytest
from django.db.models import F

from tenure.base.clock import machine_now
from tenure.base.ids import new_id
from tenure.flows.verify.run import verify
from tenure.notices.models import Cursor
from tenure.notices.verify import CHECKS
from tests.notices.made import make_all
from tests.shop import customer, open_shop, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


def looked() -> tuple[bool, int, list[str]]:
    """Whether it holds, what is on its way, and what is wrong."""
    (checked, _webhooks) = verify(now=machine_now(), checks=CHECKS)
    return checked.holds, checked.tally.in_flight, [each.what for each in checked.tally.failures]


def test_what_is_not_told_yet_is_on_its_way() -> None:
    open_shop()
    subscribe(customer())
    holds, in_flight, _ = looked()
    assert holds
    assert in_flight > 0
    make_all()
    assert looked() == (True, 0, [])


def test_mails_beyond_the_journal_are_wrong() -> None:
    open_shop()
    organisation = customer()
    make_all()
    Cursor.objects.filter(organisation_id=organisation.id).update(sequence=F("sequence") + 1)
    Cursor.objects.create(organisation_id=new_id(), sequence=3)
    assert looked() == (False, 0, ["mails_beyond_the_journal", "mails_of_no_stream"])
