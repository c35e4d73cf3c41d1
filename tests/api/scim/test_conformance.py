"""scim2-tester's whole run: whatever the RFCs ask for, of users, and of groups that are there."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from itertools import cycle
from typing import Annotated, Any

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from pydantic import Field
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import Mutability, Required, Resource, ScimFilter, ScimProvider, Uniqueness
from scim2_models.path import AttrPath
from scim2_tester import Status, check_server

from tenure.api.scim import shapes
from tenure.api.scim.shapes import Group, User
from tests.api.cast import key_for
from tests.shop import customer, open_shop, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


class Addressed(User):
    """A user of whom the tester knows that the name is an address, and is active."""

    user_name: Annotated[str | None, Mutability.immutable, Required.true, Uniqueness.server] = (
        Field(None, examples=[f"p{number}@atelier.example" for number in range(20_000)])
    )
    active: Annotated[bool | None, Required.true] = Field(None, examples=[True])


class Lending(WSGISCIMClient):
    """Lends the tester the groups that are there, since none can be created."""

    _lent: Iterator[str] | None = None

    def create(self, resource: Any, *args: Any, **more: Any) -> Any:
        if not isinstance(resource, Group):
            return super().create(resource, *args, **more)
        if self._lent is None:
            self._lent = cycle(["analyst", "designer"])
        id_ = next(self._lent)
        if resource.members:
            self.replace(Group(id=id_, display_name="-", members=resource.members))
        return self.query(Group, id_)


def checked(client: WSGISCIMClient, **chosen: Any) -> int:
    results = check_server(client, **chosen)
    wrong = [each for each in results if each.status in (Status.ERROR, Status.CRITICAL)]
    assert not wrong, "\n".join(f"{each.title}: {each.reason}" for each in wrong)
    return sum(each.status is Status.SUCCESS for each in results)


def test_nothing_is_wrong() -> None:
    open_shop()
    company = customer()
    subscribe(company, "designer-business", quantity=20)
    subscribe(company, "analyst-business", quantity=20)
    client = Lending(
        get_wsgi_application(),
        base_url=f"{settings.PUBLIC_URL}/scim/v2",
        headers={"Authorization": f"Bearer {key_for(company.id)}"},
        provider=ScimProvider(models=[Addressed, Group]),
    )
    random.seed(7643)  # the tester draws addresses, and none twice
    of_users = checked(client, resource_types=["User"])
    of_groups = checked(
        client,
        resource_types=["Group"],
        exclude_tags={"crud:create", "crud:delete", "discovery", "misc"},
    )
    assert of_users >= 40
    assert of_groups >= 8


def test_every_shape_is_whole_before_it_is_used() -> None:
    """Else filters know no attribute until somebody was shown: the library builds them late."""
    spec = spec_from_file_location("shapes_anew", shapes.__file__)
    assert spec is not None
    assert spec.loader is not None
    anew = module_from_spec(spec)
    sys.modules[spec.name] = anew  # where the library looks for what shapes call each other
    try:
        spec.loader.exec_module(anew)
    finally:
        del sys.modules[spec.name]
    assert anew.User is not User
    (asked, _) = (ScimFilter[anew.User]("userName pr"), ScimFilter[anew.Group]("members pr"))
    assert asked.resolve(AttrPath("username")).urn.endswith(":User:userName")


def test_what_is_published_describes_what_answers() -> None:
    open_shop()
    company = customer()
    client = WSGISCIMClient(
        get_wsgi_application(),
        base_url=f"{settings.PUBLIC_URL}/scim/v2",
        headers={"Authorization": f"Bearer {key_for(company.id)}"},
    )
    client.discover()
    known: list[type[Resource[Any]]] = list(client.provider.models)  # type: ignore[arg-type]
    assert {each.__name__ for each in known} == {"User", "Group"}
