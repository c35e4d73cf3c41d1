"""How a refusal is told to who talks SCIM (RFC 7644, 3.12)."""

from __future__ import annotations

from typing import Final

from scim2_models import Error, SCIMException

from tenure.api.documents import status_of
from tenure.api.scim.errors import ScimRefusal
from tenure.base.errors import Invalid, TenureError
from tenure.base.wording import sentence
from tenure.organisations.errors import ALREADY_MEMBER, EXTERNAL_ID_TAKEN

_TYPES: Final = {ALREADY_MEMBER: "uniqueness", EXTERNAL_ID_TAKEN: "uniqueness"}


def told(error: TenureError, language: str) -> Error:
    """An error of the product in the form of the RFC, for a reader of ``language``.

    The sentence ends with the code and the rule, by which the documentation tells more.
    """
    if isinstance(error, ScimRefusal):
        status, kind = error.status, error.scim_type
    elif isinstance(error, Invalid):
        status, kind = 400, "invalidValue"
    else:
        status, kind = status_of(error), _TYPES.get(error.code)
    code = error.code
    said = sentence(code, error.figures, language)
    if isinstance(error, Invalid):
        said = " ".join(
            f"{wrong.field}: {sentence(wrong.code, wrong.figures, language)}"
            for wrong in error.field_errors
        )
    mark = f"{code.code}, {code.rule}" if code.rule else code.code
    return Error(status=status, scim_type=kind, detail=f"{said} ({mark})")


def plainly(error: SCIMException) -> Error:
    """What the library refuses, without the pages of its own that it names."""
    made = error.to_error()
    detail = (made.detail or "").split("\n    For", 1)[0]
    return Error(status=made.status, scim_type=made.scim_type, detail=detail[:1_000])
