"""What the SCIM library reads and writes: members and their roles, by the product's own flows.

One storage serves one request. It remembers what it showed, so that a change is what the provider
changed and nothing else: two who add to a group at the same moment undo nothing of each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, cast
from uuid import UUID

from django.db.models import QuerySet
from scim2_models import (
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
)
from scim2_server.storage import ScimStorage, SearchPage

from tenure.access.queries.holders import HoldableRole, holdable_roles
from tenure.api.callers import Call
from tenure.api.scim.errors import SCIM_NO_SUCH_USER, SCIM_ONE_KIND_AT_A_TIME, ScimRefusal
from tenure.api.scim.filters import asked_of, order_of
from tenure.api.scim.groups import shown as shown_group
from tenure.api.scim.groups import version_of as version_of_role
from tenure.api.scim.people import by_member, details_of, person_of, shown, version_of
from tenure.api.scim.shapes import Group, GroupMember, User
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.flows.members import remove_member
from tenure.flows.provisioning import Details, change_provisioned, provision
from tenure.flows.roles import change_holders
from tenure.flows.written import Written
from tenure.organisations.models import Member, Organisation
from tenure.organisations.rules import MemberStatus

_MOST_PASSED: Final = 2**31
"""No organisation has so many that a page could begin after them."""


class Members(ScimStorage):
    """The members and roles of the organisation that a key is of.

    ``conditional`` says whether the caller names the version that it read (``If-Match``).
    ``current`` is what was read last; ``revision`` the organisation's after what was written, None
    while nothing was.
    """

    def __init__(self, call: Call, *, conditional: bool) -> None:
        self._call = call
        self._organisation = call.organisation
        self._conditional = conditional
        self._language = _language_of(self._organisation)
        self._details: Details | None = None
        self._holders: frozenset[UUID] = frozenset()
        self.current: Resource[Any] | None = None
        self.revision: int | None = None

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """A member who was not removed, or a role."""
        del response_parameters
        if resource_type.name == "Group":
            role = self._role(resource_id)
            self._holders = role.holders
            self.current = shown_group(role)
            return shown_group(role)
        row = self._member(resource_id)
        self._details = Details(row.name, row.external_id, row.status == MemberStatus.ACTIVE)
        self.current = self._user(row)
        return self.current.model_copy(deep=True)

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """Members or roles; not both at once."""
        del position
        if len(resource_types) > 1:
            raise ScimRefusal(SCIM_ONE_KIND_AT_A_TIME, 501)
        if resource_types[0].name == "Group":
            return self._groups(search_request)
        return self._users(search_request)

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Bring a member in."""
        del resource_type
        user = cast(User, resource)
        written = provision(
            organisation=self._organisation,
            person=person_of(user),
            active=user.active is not False,
            now=self._call.now,
            by=self._call.by,
        )
        return self._user(self._rows().get(id=self._noted(written)))

    def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        """Write what differs from what was read."""
        wanted = expected_version if self._conditional else None
        if resource_type.name == "Group":
            return self._change_group(cast(Group, resource), wanted)
        row = self._member(str(resource.id))
        after = details_of(cast(User, resource))
        written = change_provisioned(
            member=row.id,
            before=self._details or after,
            after=after,
            is_current=lambda member: wanted in (None, version_of(member, self._roles_of(member))),
            now=self._call.now,
            by=self._call.by,
        )
        return self._user(self._rows().get(id=self._noted(written)))

    def delete(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        expected_version: str | None = None,
    ) -> None:
        """Remove a member; seats are free at once (R37)."""
        del resource_type, expected_version
        row = self._member(resource_id)
        written = remove_member(member=row.id, by_owner=False, now=self._call.now, by=self._call.by)
        self._noted(written)

    def _noted(self, written: Written) -> UUID:
        self.revision = written.revision
        return written.ids[0] if written.ids else self._organisation

    def _rows(self) -> QuerySet[Member]:
        return Member.objects.filter(organisation_id=self._organisation).exclude(
            status=MemberStatus.REMOVED
        )

    def _member(self, resource_id: str) -> Member:
        row = self._rows().filter(id=parse_public_id("mem", resource_id)).first()
        if row is None:
            raise NotFound
        return row

    def _roles(self, members: Iterable[UUID] | None = None) -> list[HoldableRole]:
        return holdable_roles(
            self._organisation,
            self._call.now,
            self._language,
            members=None if members is None else list(members),
        )

    def _role(self, id_: str) -> HoldableRole:
        for role in self._roles():
            if role.id == id_:
                return role
        raise NotFound

    def _user(self, row: Member) -> User:
        return shown(row, self._roles_of(row))

    def _roles_of(self, row: Member) -> Sequence[HoldableRole]:
        return by_member(self._roles([row.id]))[row.id]

    def _users(self, search: SearchRequest[Any]) -> SearchPage:
        by_group = search.filter is not None and "groups" in str(search.filter).lower()
        rows = self._rows().filter(asked_of(search, self._roles() if by_group else []))
        start = min(search.start_index_0 or 0, _MOST_PASSED)
        count = search.count or 0
        found = list(rows.order_by(*order_of(search))[start : start + count]) if count else []
        held = by_member(self._roles([row.id for row in found]))
        return SearchPage(rows.count(), [shown(row, held[row.id]) for row in found])

    def _groups(self, search: SearchRequest[Any]) -> SearchPage:
        groups = [shown_group(role) for role in self._roles()]
        if search.filter is not None:
            groups = [group for group in groups if search.filter.match(group)]
        if search.sort_by is not None:
            falls = search.sort_order == SearchRequest.SortOrder.descending
            groups.sort(key=lambda group: str(search.sort_value(group) or ""), reverse=falls)
        start = search.start_index_0 or 0
        shown_now = groups[start : start + (search.count or 0)]
        return SearchPage(len(groups), list(shown_now))

    def _change_group(self, group: Group, wanted: str | None) -> Group:
        named = {self._known(member) for member in group.members or ()}
        self._check_known(named - self._holders)
        give, take = named - self._holders, self._holders - named
        written = change_holders(
            organisation=self._organisation,
            role=str(group.id),
            give=sorted(give),
            take=sorted(take),
            is_current=lambda: wanted in (None, version_of_role(self._role(str(group.id)))),
            now=self._call.now,
            by=self._call.by,
        )
        self.revision = written.revision
        return shown_group(self._role(str(group.id)))

    def _check_known(self, members: set[UUID]) -> None:
        """Raise ``ScimRefusal`` for who is nobody here: a 404 would say that the group is gone."""
        if not members:
            return
        here = Member.objects.filter(organisation_id=self._organisation, id__in=members)
        unknown = members - set(here.values_list("id", flat=True))
        if unknown:
            named = public_id("mem", min(unknown))
            raise ScimRefusal(SCIM_NO_SUCH_USER, 400, "invalidValue", user=named)

    def _known(self, member: GroupMember) -> UUID:
        """The member whom an entry of a group names. Raises ``ScimRefusal``."""
        try:
            return parse_public_id("mem", member.value or "")
        except NotFound:
            named = (member.value or "—")[:60]
            raise ScimRefusal(SCIM_NO_SUCH_USER, 400, "invalidValue", user=named) from None


def _language_of(organisation: UUID) -> str:
    return Organisation.objects.values_list("language", flat=True).get(id=organisation)
