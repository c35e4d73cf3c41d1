"""What SCIM shows of members and roles, and what this installation says it can do (RFC 7643).

The published schemas hold what is kept, and nothing else: whatever a provider sends beside it is
read past.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final

from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Filter,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from tenure.api.lists import LONGEST_PAGE

MEDIA_TYPE: Final = "application/scim+json"


class Name(ComplexAttribute):
    """A person's name as one text; its parts are not kept."""

    formatted: Annotated[str | None, Mutability.read_only] = None
    """The full name: the same as displayName."""


class Email(ComplexAttribute):
    """The member's address once more, where many providers look for it."""

    value: Annotated[str | None, Mutability.read_only] = None
    """The address: the same as userName."""
    type: Annotated[str | None, Mutability.read_only] = None
    """Always work."""
    primary: Annotated[bool | None, Mutability.read_only] = None
    """Always true: there is one address."""


class UserGroup(ComplexAttribute):
    """A role that the member holds now."""

    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    """The role's identifier in the catalogue."""
    ref: Annotated[Reference[Group] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """The role's group."""
    display: Annotated[str | None, Mutability.read_only] = None
    """The role's name."""
    type: Annotated[str | None, Mutability.read_only] = None
    """Always direct: groups hold no groups."""


class User(Resource[Any]):
    """A member of the organisation."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    external_id: Annotated[str | None, Mutability.read_write, CaseExact.true, Uniqueness.server] = (
        None
    )
    """What the identity provider calls this person."""
    user_name: Annotated[str | None, Mutability.immutable, Required.true, Uniqueness.server] = None
    """The member's e-mail address, by which they log in."""
    name: Annotated[Name | None, Mutability.read_only] = None
    """The member's name."""
    display_name: Annotated[str | None, Mutability.read_write] = None
    """The member's name, as others read it."""
    active: Annotated[bool | None, Mutability.read_write, Required.true] = None
    """Whether the member's roles work; false suspends, and seats are kept."""
    emails: Annotated[list[Email] | None, Mutability.read_only] = None
    """The member's address."""
    groups: Annotated[list[UserGroup] | None, Mutability.read_only] = None
    """The roles that the member holds now; changed by the groups."""

    Emails: ClassVar[type[ComplexAttribute]] = Email


class GroupMember(ComplexAttribute):
    """A member who holds the role."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    """The member's identifier."""
    ref: Annotated[Reference[User] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """The member's resource."""
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])
    """Always User."""


class Group(Resource[Any]):
    """A role that the organisation has seats for."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    external_id: Annotated[str | None, Mutability.read_only] = None
    """Never there: a group is known by its id."""
    display_name: Annotated[str | None, Mutability.read_only, Required.true] = None
    """The role's name in the organisation's language; the catalogue gives it."""
    members: list[GroupMember] | None = None
    """Who holds the role now: adding takes a free seat, removing frees it."""


UserGroup.model_rebuild()  # each names the other, and neither has attributes before both are there
User.model_rebuild()

POLICY: Final = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
)
"""Read past what is not kept; and as Entra sends it, a remove names in its value what to remove."""

CONFIG: Final = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=LONGEST_PAGE),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="API key",
            description="A key of the organisation, made in its console: Settings, API keys.",
            primary=True,
        )
    ],
)
PROVIDER: Final = ScimProvider([User, Group], config=CONFIG, policy=POLICY)
