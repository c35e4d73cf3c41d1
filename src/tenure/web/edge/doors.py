"""Who may come in: one decorator above each page function.

    @console_page(Ability.MEMBERS)
    def members(desk: Desk) -> HttpResponse:
        return desk.render("console/members.html", {...})

A page's address names the organisation as ``<str:organisation>``. Who has no business there gets
404, as if there were nothing (R34, R35); who is not logged in is led to do so, and back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.organisations.models import User
from tenure.organisations.queries import Membership, organisation_facts
from tenure.organisations.rules import (
    ACTING_STANDING,
    Ability,
    StaffAbility,
    Standing,
    ability_verdict,
    acting_verdict,
)
from tenure.web.edge.answers import mark_public
from tenure.web.edge.factors import has_second_factor
from tenure.web.edge.visitor import Visitor, visitor_of
from tenure.web.edge.visits import Desk, PersonVisit, StaffVisit, Visit, is_ours

P = ParamSpec("P")
View = Callable[..., HttpResponse]

READ: Final = ("GET", "HEAD")
"""A page that is only looked at."""
FORM: Final = ("GET", "HEAD", "POST")
"""A page with a form that is sent to the page itself."""
ACTION: Final = ("POST",)
"""A button: nothing to look at here."""

_MANAGERS: Final = (Standing.OWNER, Standing.ADMINISTRATOR)


def public_page(
    methods: Sequence[str] = READ, *, indexed: bool = True
) -> Callable[[Callable[Concatenate[Visit, P], HttpResponse]], View]:
    """Everybody may look. ``indexed``: search engines may, too."""

    def door(page: Callable[Concatenate[Visit, P], HttpResponse]) -> View:
        @wraps(page)
        def view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            response = page(Visit(request, visitor_of(request)), *args, **kwargs)
            return mark_public(response) if indexed else response

        return view

    return door


def person_page(
    methods: Sequence[str] = READ,
) -> Callable[[Callable[Concatenate[PersonVisit, P], HttpResponse]], View]:
    """Whoever is logged in may look."""

    def door(page: Callable[Concatenate[PersonVisit, P], HttpResponse]) -> View:
        def enter(visitor: Visitor, user: User, request: HttpRequest) -> PersonVisit:
            return PersonVisit(request, visitor, user)

        return _behind_login(page, methods, enter)

    return door


def staff_page(
    *abilities: StaffAbility, methods: Sequence[str] = READ
) -> Callable[[Callable[Concatenate[StaffVisit, P], HttpResponse]], View]:
    """The vendor's staff may look who look after one of ``abilities``; without any, all staff."""

    def door(page: Callable[Concatenate[StaffVisit, P], HttpResponse]) -> View:
        def enter(visitor: Visitor, user: User, request: HttpRequest) -> StaffVisit:
            held = visitor.staff_abilities
            if not (held & frozenset(abilities) if abilities else held):
                raise NotFound
            return StaffVisit(request, visitor, user, held)

        return _behind_login(page, methods, enter)

    return door


def console_page(
    *abilities: Ability, methods: Sequence[str] = READ
) -> Callable[[Callable[..., HttpResponse]], View]:
    """Members of the organisation in the address whose standing includes one of ``abilities``.

    Staff who act for the organisation may what an administrator may. The page function gets a
    ``Desk``, and its other path parts by name.
    """

    def door(page: Callable[..., HttpResponse]) -> View:
        def enter(visitor: Visitor, user: User, request: HttpRequest) -> Desk | HttpResponse:
            organisation = _organisation_of(request)
            membership = _membership(visitor, organisation)
            if membership is None:
                return _acting_desk(visitor, user, request, organisation, abilities)
            standing = membership.standing
            if not any(ability_verdict(standing, ability) for ability in abilities):
                raise NotFound
            visitor.enter(membership)
            if lacks_factor(membership, user):
                return lead_to_factors(request)
            return Desk(
                request, visitor, user, membership.organisation, membership.member, standing
            )

        return _behind_login(page, methods, enter, without=("organisation",))

    return door


def member_page(
    methods: Sequence[str] = READ,
) -> Callable[[Callable[..., HttpResponse]], View]:
    """Every active member of the organisation in the address may look, as a member of it."""

    def door(page: Callable[..., HttpResponse]) -> View:
        def enter(visitor: Visitor, user: User, request: HttpRequest) -> Desk:
            membership = _membership(visitor, _organisation_of(request))
            if membership is None:
                raise NotFound
            visitor.membership = membership
            return Desk(
                request,
                visitor,
                user,
                membership.organisation,
                membership.member,
                membership.standing,
            )

        return _behind_login(page, methods, enter, without=("organisation",))

    return door


def sandbox_only(view: View) -> View:
    """Above another door: there is nothing here but in a sandbox."""

    @wraps(view)
    def tried(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.SANDBOX:
            raise NotFound
        return view(request, *args, **kwargs)

    return tried


def lead_to_login(request: HttpRequest) -> HttpResponse:
    """To the login, and from there back to what was wanted."""
    return _lead_to("account_login", request)


def lacks_factor(membership: Membership, user: User) -> bool:
    """Whether they must set up a second factor before they may manage this organisation."""
    required = membership.organisation.second_factor_required
    return required and membership.standing in _MANAGERS and not has_second_factor(user)


def lead_to_factors(request: HttpRequest) -> HttpResponse:
    """To where a second factor is set up, and from there back to what was wanted."""
    return _lead_to("mfa_index", request)


def _behind_login(
    page: Callable[..., HttpResponse],
    methods: Sequence[str],
    enter: Callable[[Visitor, User, HttpRequest], Visit | HttpResponse],
    *,
    without: tuple[str, ...] = (),
) -> View:
    """The page behind the login; ``enter`` says what the page is given, or answers itself."""

    @wraps(page)
    def view(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        visitor = visitor_of(request)
        if visitor.user is None:
            return lead_to_login(request)
        visit = enter(visitor, visitor.user, request)
        if isinstance(visit, HttpResponse):
            return visit
        rest = {name: value for name, value in kwargs.items() if name not in without}
        return page(visit, *args, **rest)

    return view


def _organisation_of(request: HttpRequest) -> UUID:
    """The organisation that the address names; ``NotFound`` if that is none."""
    match = request.resolver_match
    return parse_public_id("org", str(match.kwargs.get("organisation", "")) if match else "")


def _membership(visitor: Visitor, organisation: UUID) -> Membership | None:
    """What the visitor is there, while they may enter."""
    return next((m for m in visitor.active_memberships if m.organisation.id == organisation), None)


def _acting_desk(
    visitor: Visitor,
    user: User,
    request: HttpRequest,
    organisation: UUID,
    abilities: Sequence[Ability],
) -> Desk:
    """The desk of staff who act for the organisation; ``NotFound`` for everybody else."""
    if visitor.acting is None or visitor.acting.organisation != organisation:
        raise NotFound
    if not any(acting_verdict(ability) for ability in abilities):
        raise NotFound
    place = organisation_facts(organisation)
    return Desk(request, visitor, user, place, None, ACTING_STANDING)


def _lead_to(name: str, request: HttpRequest) -> HttpResponse:
    """To another page, and from there back: to this page, or to the one whose button was hit."""
    wanted = request.get_full_path()
    if request.method not in READ:
        came_from = request.headers.get("Referer", "")
        wanted = urlsplit(came_from).path if is_ours(request, came_from) else "/"
    address = f"{reverse(name)}?{urlencode({'next': wanted})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
