"""Filters and orders of users, from the grammar of the RFC to what the database asks (3.4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Case, F, Q, Value, When
from scim2_models import ScimFilter, SearchRequest
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
    coerce_value,
)

from tenure.access.queries.holders import HoldableRole
from tenure.api.scim.errors import NotFiltered
from tenure.api.scim.shapes import User
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.organisations.rules import MemberStatus

_EVERYBODY: Final = Q(pk__isnull=False)
_NOBODY: Final = Q(pk__isnull=True)
_ACTIVE: Final = Q(status=MemberStatus.ACTIVE.value)
_COLUMNS: Final[Mapping[str, str]] = {
    "userName": "email",
    "emails.value": "email",
    "displayName": "name",
    "name.formatted": "name",
    "externalId": "external_id",
    "meta.created": "created_at",
}
_ALWAYS: Final[Mapping[str, object]] = {
    "emails.type": "work",
    "emails.primary": True,
    "groups.type": "direct",
    "meta.resourceType": "User",
}
_LOOKUPS: Final = {
    CompareOperator.eq: "exact",
    CompareOperator.co: "contains",
    CompareOperator.sw: "startswith",
    CompareOperator.ew: "endswith",
    CompareOperator.gt: "gt",
    CompareOperator.ge: "gte",
    CompareOperator.lt: "lt",
    CompareOperator.le: "lte",
}
_USERS: Final = ScimFilter[User]("id pr")
"""What resolves attributes of users, whatever their case and with the schema or without."""


def asked_of(search: SearchRequest[Any], roles: Sequence[HoldableRole]) -> Q:
    """Which members a search is for; ``roles`` say who is in which group.

    Raises ``NotFiltered`` for what cannot be asked.
    """
    if search.filter is None:
        return _EVERYBODY
    return _Asking(roles).visit(search.filter.ast)


def order_of(search: SearchRequest[Any]) -> list[Any]:
    """In which order; by the identifier where nothing else tells two apart. Raises the same."""
    if search.sort_by is None:
        return ["id"]
    attribute = _named(_path(str(search.sort_by)), comparing=True)
    column: Any = F(_COLUMNS[attribute]) if attribute in _COLUMNS else None
    if attribute == "active":
        column = Case(When(_ACTIVE, then=Value(1)), default=Value(0))
    if attribute == "id":
        column = F("id")
    if column is None:
        raise NotFiltered(attribute)
    falls = search.sort_order == SearchRequest.SortOrder.descending
    way = column.desc if falls else column.asc
    return [way(nulls_last=True), "id"]


class _Asking(FilterVisitor[Q]):
    """Turns a filter into what the database is asked.

    ``within`` is the attribute whose values a filter in brackets is about.
    """

    def __init__(self, roles: Sequence[HoldableRole], within: str = "") -> None:
        self._roles = roles
        self._within = within

    def visit_comparison(self, node: Comparison) -> Q:
        attribute = _named(self._path(node.attr_path), comparing=True)
        if attribute in _ALWAYS or attribute == "active":
            return _yes_or_no(attribute, node)
        if attribute == "id":
            return _negated(node, _by_id(node))
        if attribute in {"groups.value", "groups.display"}:
            return _negated(node, self._in_group(attribute, node))
        column = _COLUMNS.get(attribute)
        if column is None:
            raise NotFiltered(attribute)
        return _by_column(column, self._path(node.attr_path), node)

    def visit_present(self, node: Present) -> Q:
        attribute = _named(self._path(node.attr_path))
        head = attribute.partition(".")[0]
        if head == "groups":
            return Q(id__in=frozenset().union(*(role.holders for role in self._roles)))
        if head == "externalId":
            return Q(external_id__isnull=False)
        if head in {"name", "displayName"}:
            return ~Q(name="")
        return _NOBODY if attribute == "meta.lastModified" else _EVERYBODY

    def visit_not(self, node: Not) -> Q:
        return ~self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> Q:
        terms = [self.visit(term) for term in node.terms]
        both = node.op == LogicalOperator.and_
        return Q(*terms, _connector=Q.AND if both else Q.OR)

    def visit_value_path(self, node: ValuePath) -> Q:
        within = _named(self._path(node.attr_path))
        return _Asking(self._roles, within).visit(node.val_filter)

    def _path(self, path: AttrPath) -> AttrPath:
        return AttrPath(self._within, path.attr) if self._within else path

    def _in_group(self, attribute: str, node: Comparison) -> Q:
        if node.op not in (CompareOperator.eq, CompareOperator.ne):
            raise NotFiltered(attribute)
        wanted = str(node.value)
        found = [
            role.holders
            for role in self._roles
            if wanted == role.id
            or (attribute == "groups.display" and wanted.lower() == role.name.lower())
        ]
        return Q(id__in=frozenset().union(*found))


def _path(text: str) -> AttrPath:
    """A path that was read once already, in its parts."""
    node = ScimFilter(f"{text} pr").ast
    return node.attr_path if isinstance(node, Present) else AttrPath("id")


def _named(path: AttrPath, *, comparing: bool = False) -> str:
    """The attribute as the schema writes it: ``emails.value``."""
    resolve = _USERS.resolve_comparison if comparing else _USERS.resolve
    bound = resolve(path)
    if bound is None:
        raise NotFiltered(str(path))
    return bound.urn.removeprefix(f"{User.__schema__}:")


def _negated(node: Comparison, found: Q) -> Q:
    return ~found if node.op == CompareOperator.ne else found


def _yes_or_no(attribute: str, node: Comparison) -> Q:
    """What is the same for everybody, or one of two."""
    if node.op not in (CompareOperator.eq, CompareOperator.ne):
        raise NotFiltered(attribute)
    if attribute == "active":
        wanted = node.value in (True, "true", "True")
        return _negated(node, _ACTIVE if wanted else ~_ACTIVE)
    given, said = node.value, _ALWAYS[attribute]
    same = str(given).lower() == str(said).lower()
    return _negated(node, _EVERYBODY if same else _NOBODY)


def _by_id(node: Comparison) -> Q:
    if node.op not in (CompareOperator.eq, CompareOperator.ne):
        raise NotFiltered("id")
    try:
        return Q(id=parse_public_id("mem", str(node.value)))
    except NotFound:
        return _NOBODY


def _by_column(column: str, path: AttrPath, node: Comparison) -> Q:
    if node.value is None:
        there = ~Q(name="") if column == "name" else Q(**{f"{column}__isnull": False})
        return there if node.op == CompareOperator.ne else ~there
    bound = _USERS.resolve_comparison(path)
    value = node.value if bound is None else coerce_value(bound, node.value, node.op)
    lookup = _LOOKUPS.get(node.op, "exact")
    if isinstance(value, datetime):
        value = value if value.tzinfo else value.replace(tzinfo=UTC)
    elif column == "created_at" or not _is_sound(value):
        return _negated(node, _NOBODY)
    elif column == "email":
        value = value.lower()
    elif column == "name" and lookup in {"exact", "contains", "startswith", "endswith"}:
        lookup = f"i{lookup}"
    return _negated(node, Q(**{f"{column}__{lookup}": value}))


def _is_sound(value: object) -> bool:
    """Whether the database can be asked for that text at all: no row holds another."""
    if not isinstance(value, str) or "\0" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)
