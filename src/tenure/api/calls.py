"""How a call is declared: its path, what it takes and answers, and what may be said instead.

A view is a function of a ``Call``, and of a body or query parameters if it has any; it returns
an ``Answer``. What a declaration says is what the OpenAPI document says.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router

from tenure.api.callers import BearerKey, Call, Door
from tenure.api.errors import FIELD_UNKNOWN
from tenure.api.idempotency import asked, once
from tenure.api.openapi import DECLARED
from tenure.base.errors import FieldError, Invalid, Stale
from tenure.base.verdicts import Code

JSON: Final = "application/json"

_OF_THE_DOOR: Final = ("vendor_only", "sandbox_only", "moves_money", "after_purge")

View = Callable[..., "Answer"]
Resume = Callable[[Call, UUID], "Answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view answers: plain data, a status, and for a write the revision after it (R42).

    For a call that hands out files, ``body`` is one as bytes or in pieces, and ``filename`` what
    it is called.
    """

    body: Any = None
    status: int = 200
    revision: int | None = None
    location: str | None = None
    etag: str | None = None
    language: str | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """What is true of a call beside its shapes; the OpenAPI document is completed from it.

    ``file`` is the media type of a call that hands out files; ``misses`` are codes of its 404
    beside ``not_found``.
    """

    method: str
    door: Door
    refuses: tuple[Code, ...] = ()
    edits: bool = False
    shows_version: bool = False
    speaks: bool = False
    resume: Resume | None = None
    file: str | None = None
    misses: tuple[Code, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether the call changes anything."""
        return self.method != "GET"


class Calls:
    """A family of calls, declared one by one."""

    def __init__(self, family: str) -> None:
        self.router = Router(tags=[family])

    def get(self, path: str, answer: Any, **more: Any) -> Callable[[View], View]:
        """A read; ``answer`` is the shape of its 200."""
        return self._declare("GET", path, {200: answer}, more)

    def post(self, path: str, answers: Mapping[int, Any], **more: Any) -> Callable[[View], View]:
        """A write that takes an ``Idempotency-Key``; ``answers`` are shapes by status."""
        return self._declare("POST", path, answers, more)

    def patch(self, path: str, answer: Any, **more: Any) -> Callable[[View], View]:
        """An edit; ``answer`` is the shape of its 200."""
        return self._declare("PATCH", path, {200: answer}, more)

    def delete(self, path: str, answers: Mapping[int, Any], **more: Any) -> Callable[[View], View]:
        """A removal; ``answers`` are shapes by status, None for no body."""
        return self._declare("DELETE", path, answers, more)

    def _declare(
        self, method: str, path: str, answers: Mapping[int, Any], more: dict[str, Any]
    ) -> Callable[[View], View]:
        door = Door(
            path_names=tuple(re.findall(r"{(\w+)}", path)),
            keyed=method == "POST",
            **{name: more.pop(name) for name in _OF_THE_DOOR if name in more},
        )
        declared = Declared(method, door, **more)

        def register(view: View) -> View:
            DECLARED[view.__name__] = declared
            self.router.add_api_operation(
                path,
                [method],
                _operation(view, declared),
                auth=BearerKey(declared.door),
                response=dict(answers),
                operation_id=view.__name__,
                summary=_summary(view),
                description=inspect.cleandoc(view.__doc__ or ""),
            )
            return view

        return register


def render(answer: Answer) -> HttpResponse:
    """An answer as it goes out: JSON."""
    content = b"" if answer.status == 204 else msgspec.json.encode(answer.body)
    response = HttpResponse(content, status=answer.status, content_type=JSON)
    if answer.status == 204:
        del response["Content-Type"]
    if answer.revision is not None:
        response["Tenure-Revision"] = str(answer.revision)
    if answer.location is not None:
        response["Location"] = answer.location
    if answer.etag is not None:
        response["ETag"] = answer.etag
    if answer.language is not None:
        response["Content-Language"] = answer.language
        response["Vary"] = "Accept-Language"
    return response


def _handed_out(answer: Answer, file: str) -> HttpResponse | StreamingHttpResponse:
    """A file of that media type, whole or as its pieces come."""
    kind = HttpResponse if isinstance(answer.body, bytes) else StreamingHttpResponse
    named = {"Content-Disposition": f'attachment; filename="{answer.filename}"'}
    return kind(answer.body, content_type=file, headers=named)


def etag_of(version: object) -> str:
    """The strong tag of a version."""
    return f'"{version}"'


def wanted_tags(request: HttpRequest) -> frozenset[str] | None:
    """The tags of ``If-Match``, quotes included; None if any version will do (RFC 9110)."""
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if header in {"", "*"}:
        return None
    return frozenset(tag.strip() for tag in header.split(","))


def wanted_version(request: HttpRequest) -> int | None:
    """The version that ``If-Match`` names, of something whose tags are version numbers.

    None if any will do; ``Stale`` if it names none that there could be, or several.
    """
    tags = wanted_tags(request)
    if tags is None:
        return None
    match = re.fullmatch(r'"(\d{1,9})"', next(iter(tags))) if len(tags) == 1 else None
    if match is None:
        raise Stale
    return int(match[1])


def _operation(
    view: View, declared: Declared
) -> Callable[..., HttpResponse | StreamingHttpResponse]:
    """The view as django-ninja calls it: with the request, the path's parts and the values."""

    def operation(request: HttpRequest, **values: Any) -> HttpResponse | StreamingHttpResponse:
        call: Call = request.auth  # type: ignore[attr-defined]  # set by django-ninja
        _refuse_unknown(request, known)
        for name in declared.door.path_names:
            values.pop(name)
        if call.key is None:
            answer = view(call, **values)
            return _handed_out(answer, declared.file) if declared.file else render(answer)
        return _keyed(call.key, view, declared, call, values)

    parts = inspect.signature(view, eval_str=True).parameters.values()
    known = frozenset(part.name for part in parts)
    text = inspect.Parameter.KEYWORD_ONLY
    operation.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # read by ninja
        [
            inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            *(inspect.Parameter(name, text, annotation=str) for name in declared.door.path_names),
            *(part.replace(kind=text) for part in list(parts)[1:]),
        ]
    )
    operation.__name__ = view.__name__
    operation.__doc__ = view.__doc__
    return operation


def _refuse_unknown(request: HttpRequest, known: frozenset[str]) -> None:
    """A query parameter that nothing reads is a slip, and would be a filter that does not hold."""
    strange = [name for name in request.GET if name not in known]
    if strange:
        raise Invalid([FieldError(name[:40], FIELD_UNKNOWN) for name in strange[:20]])


def _keyed(
    key: str, view: View, declared: Declared, call: Call, values: dict[str, Any]
) -> HttpResponse:
    request = call.request
    body = getattr(request, "parsed_body", None)
    ask = asked(request, scope=call.caller.key, key=key, body=body)

    def work(given: Any) -> HttpResponse:
        call.asked = given
        return render(view(call, **values))

    def resume(made: UUID) -> HttpResponse:
        take_up = declared.resume
        return render(take_up(call, made)) if take_up else work(None)

    return once(ask, request, work=work, resume=resume)


def _summary(view: View) -> str:
    return inspect.cleandoc(view.__doc__ or "").split("\n", 1)[0].rstrip(".")
