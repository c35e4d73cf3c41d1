"""What the vendor's staff may look after, and that an admin remains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.organisations.rules import (
    StaffAbility,
    StaffRole,
    last_admin_verdict,
    staff_abilities,
    staff_verdict,
)

A = StaffAbility

TABLE = {
    StaffRole.SUPPORT: {A.CUSTOMERS, A.REQUESTS, A.PROOFS, A.OWNERS, A.ACTING, A.MAIL, A.SALES},
    StaffRole.FINANCE: {A.ORDERS, A.PAYMENTS, A.SALES},
    StaffRole.CATALOGUE: {A.CATALOGUE},
    StaffRole.ADMIN: set(StaffAbility),
}


@pytest.mark.parametrize("role", StaffRole)
def test_what_each_role_may(role: StaffRole) -> None:
    assert staff_abilities([role]) == TABLE[role]


def test_several_roles_add_up_and_none_is_nothing() -> None:
    assert staff_abilities(["support", "finance"]) == (
        TABLE[StaffRole.SUPPORT] | TABLE[StaffRole.FINANCE]
    )
    assert staff_abilities([]) == frozenset()


def test_a_verdict_says_why() -> None:
    assert staff_verdict(["finance"], A.ORDERS).code.code == "staff_allowed"
    refused = staff_verdict(["finance"], A.STAFF)
    assert (refused.allowed, refused.code.code) == (False, "staff_forbidden")
    assert refused.figures == {"ability": "staff"}


def test_the_last_admin_stays() -> None:
    assert last_admin_verdict(1, [1], stays_admin=False).code.code == "last_admin"
    assert last_admin_verdict(1, [1], stays_admin=True)
    assert last_admin_verdict(1, [1, 2], stays_admin=False)
    assert last_admin_verdict(3, [1], stays_admin=False)


@given(st.sets(st.integers(0, 5), min_size=1), st.data())
def test_however_admins_go_one_remains(admins: set[int], data: st.DataObject) -> None:
    leaving = data.draw(st.permutations(sorted(admins)))
    for person in leaving:
        if last_admin_verdict(person, admins, stays_admin=False):
            admins = admins - {person}
    assert len(admins) == 1
