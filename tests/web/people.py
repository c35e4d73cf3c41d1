"""Who looks at pages: an owner, a teammate, a stranger, somebody of the staff, nobody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.test import Client

from tenure.base.ids import public_id
from tenure.organisations.models import Member, Organisation, StaffMember, User
from tenure.organisations.rules import MemberStatus, StaffRole, Standing
from tests.shop import START, customer, owner_of

PASSWORD = "correct horse battery"  # of every person in these tests


@cache
def _hashed() -> str:
    """The password as it is kept; to hash it takes a while, as it should."""
    return make_password(PASSWORD)


@dataclass(frozen=True)
class Company:
    """A company with its people, and people of elsewhere."""

    organisation: Organisation
    owner: User
    teammate: User
    stranger: User
    staff: User

    @property
    def id(self) -> str:
        """The company's identifier."""
        return public_id("org", self.organisation.id)


def person(email: str, name: str = "Somebody") -> User:
    """Somebody with a confirmed address and the password of these tests."""
    user, _ = User.objects.get_or_create(email=email, defaults={"name": name, "created_at": START})
    user.password = _hashed()
    user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user


def join(
    organisation: Organisation,
    email: str,
    standing: Standing = Standing.MEMBER,
    status: MemberStatus = MemberStatus.ACTIVE,
) -> Member:
    """A member who has accepted."""
    return Member.objects.create(
        organisation=organisation,
        user=person(email),
        email=email,
        name="Tom",
        standing=standing,
        status=status,
        created_at=START,
    )


def company() -> Company:
    """The cast of a test of pages."""
    organisation = customer()
    owner = owner_of(organisation)
    other = customer(email="eve@elsewhere.example")
    teammate = join(organisation, "tom@atelier.example")
    staff = person("sue@vendor.example", "Sue")
    StaffMember.objects.create(user=staff, roles=[StaffRole.SUPPORT], created_at=START)
    assert teammate.user is not None
    return Company(
        organisation=organisation,
        owner=person(owner.email),
        teammate=teammate.user,
        stranger=person(owner_of(other).email),
        staff=staff,
    )


def browser(user: User | None = None, **headers: str) -> Client:
    """A browser, with ``user`` logged in; forms need their token, as they do outside."""
    client = Client(headers=headers or None)
    if user is not None:
        client.force_login(user, backend="tenure.web.accounts.backend.Logins")
    return client
