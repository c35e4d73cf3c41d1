"""SCIM on the wire: who calls, what is asked, and how it is answered (RFC 7644)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from scim2_models import (
    Error,
    MutabilityException,
    PatchOp,
    Resource,
    ResourceType,
    SCIMException,
)
from scim2_server.conditions import Conditions
from scim2_server.errors import MethodNotAllowedException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation, Target
from scim2_server.service import ScimService

from tenure.api.callers import BearerKey, Call, Door
from tenure.api.errors import BAD_REQUEST, FIELD_TWICE, TOO_LARGE, UNAVAILABLE, CallRefused
from tenure.api.problems import language_of, speak
from tenure.api.scim.dialects import changes, check_expression, whole
from tenure.api.scim.errors import AddressStays, GroupsAreRoles, VendorsKey
from tenure.api.scim.groups import regrouped
from tenure.api.scim.shapes import MEDIA_TYPE, PROVIDER, Group
from tenure.api.scim.storage import Members
from tenure.api.scim.telling import plainly, told
from tenure.base.errors import FieldError, Invalid, TenureError
from tenure.base.ids import public_id

_log = structlog.get_logger("tenure.api")

ROOT: Final = "scim/v2"
_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_DOOR: Final = BearerKey(Door())


class Service(ScimService):
    """The protocol, with what providers send brought to the form of the RFC first.

    ``members`` knows the resource that the request is about, once it was read.
    """

    def __init__(self, members: Members) -> None:
        super().__init__(PROVIDER)
        self._members = members

    def authorize(self, request: ScimRequest, target: Target, resource_type: ResourceType) -> None:
        """Groups are neither created nor deleted: they are roles that were bought."""
        del request
        if resource_type.name != "Group":
            return
        if target.operation is Operation.create:
            raise GroupsAreRoles("GET")
        if target.operation is Operation.delete:
            raise GroupsAreRoles("GET", "PATCH", "PUT")

    def read_search(self, resource_types: list[ResourceType], payload: Any) -> Any:
        """A search whose expressions are of a length that is worth reading."""
        for each in payload.values() if isinstance(payload, dict) else ():
            if isinstance(each, str):
                check_expression(each, "invalidFilter")
        return super().read_search(resource_types, payload)

    def read_creation(
        self, resource_type: ResourceType, body: bytes, content_type: str | None
    ) -> Resource[Any]:
        """A new user is active unless the provider says otherwise."""
        self.ensure_json(content_type)
        given = whole(body, _kind(resource_type), {"active": True})
        return super().read_creation(resource_type, given, content_type)

    def read_replacement(
        self, resource_type: ResourceType, body: bytes, content_type: str | None
    ) -> Resource[Any]:
        """What a PUT leaves out stays (RFC 7644, 3.5.1: it is not asserted)."""
        self.ensure_json(content_type)
        current = self._members.current
        kept = current.model_dump() if current is not None else {}
        names = ("active", "externalId", "displayName", "members")
        defaults = {name: kept[name] for name in names if name in kept}
        given = whole(body, _kind(resource_type), defaults)
        return super().read_replacement(resource_type, given, content_type)

    def read_patch(
        self, resource_type: ResourceType, body: bytes, content_type: str | None
    ) -> PatchOp[Any]:
        """The operations on what is kept."""
        self.ensure_json(content_type)
        return super().read_patch(resource_type, changes(body, _kind(resource_type)), content_type)

    def apply_replacement(
        self, current: Resource[Any], replacement: Resource[Any], conditions: Conditions
    ) -> Resource[Any] | None:
        """The same, with a sentence of ours where an address was to change."""
        try:
            return super().apply_replacement(current, replacement, conditions)
        except MutabilityException:
            raise AddressStays from None

    def apply_patch(
        self, current: Resource[Any], patch_op: PatchOp[Any], conditions: Conditions
    ) -> Resource[Any] | None:
        """The same, quicker for groups, and with a sentence of ours for an address that changes."""
        if isinstance(current, Group):
            self.check_preconditions(current, "PATCH", conditions)
            moved = regrouped(current, patch_op)
            if moved is not None:
                return current if moved else None
        try:
            return super().apply_patch(current, patch_op, conditions)
        except MutabilityException:
            if any(each.op == "remove" for each in patch_op.operations or ()):
                raise
            raise AddressStays from None  # what else does not change is read past


def scim(request: HttpRequest, path: str) -> HttpResponse:
    """Whatever stands under ``/scim/v2``."""
    language = language_of(request)
    try:
        return _answered(request, path)
    except TenureError as error:
        response = _refusal(told(error, language))
        if isinstance(error, GroupsAreRoles):
            response["Allow"] = ", ".join(error.allowed)
    except SCIMException as error:
        response = _refusal(plainly(error))
        if isinstance(error, MethodNotAllowedException):
            response["Allow"] = ", ".join(error.allowed)
    except RequestDataTooBig:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        response = _refusal(told(CallRefused(TOO_LARGE, limit=most), language))
    except UnreadablePostError:
        response = _refusal(told(CallRefused(BAD_REQUEST), language))
    except OperationalError as error:
        _log.warning("database.unavailable", error=str(error).strip())
        response = _refusal(told(CallRefused(UNAVAILABLE), language))
        response["Retry-After"] = "1"
    return speak(response, language)


def _answered(request: HttpRequest, path: str) -> HttpResponse:
    call = _let_in(request)
    twice = [name for name in request.GET if len(request.GET.getlist(name)) > 1]
    if twice:
        raise Invalid([FieldError(name[:40], FIELD_TWICE) for name in twice[:20]])
    members = Members(call, conditional="If-Match" in request.headers)
    asked = ScimRequest(
        method=str(request.method),
        base_url=f"{settings.PUBLIC_URL}/{ROOT}",
        path=path,
        query=request.GET.dict(),
        headers=dict(request.headers),
        body=request.body,
    )
    answer = _rendered(ScimHandler(Service(members), members).handle(asked))
    if request.method in _WRITES:
        known = call.reached.revision if call.reached is not None else 0
        revision = members.revision if members.revision is not None else known
        answer["Tenure-Revision"] = str(revision)
    return answer


def _let_in(request: HttpRequest) -> Call:
    """The call of an organisation's key. Raises ``CallRefused``, ``VendorsKey``, ``NotFound``."""
    call = _DOOR(request)
    if call.caller.organisation is None:
        raise VendorsKey
    call.reach(public_id("org", call.caller.organisation))
    return call


def _kind(resource_type: ResourceType) -> str:
    return str(resource_type.name).lower()


def _rendered(answer: ScimResponse) -> HttpResponse:
    content = b"" if answer.body is None else msgspec.json.encode(answer.body)
    response = HttpResponse(content, status=int(answer.status), headers=answer.headers)
    if answer.body is None:
        del response["Content-Type"]
    return response


def _refusal(error: Error) -> HttpResponse:
    content = msgspec.json.encode(error.model_dump())
    response = HttpResponse(content, status=error.status, content_type=MEDIA_TYPE)
    if error.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response
