"""Whatever the document lets a program send: no 500, and nothing that the document does not tell.

The seed is fixed and the examples are rationed; TENURE_EXAMPLES asks for more of them.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tenure.config.wsgi import application
from tests.api.cast import Cast
from tests.api.test_tenancy import things_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.unmeasured]

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
)
BATCH = "/access/v1/evaluations"
"""Here what is wrong with one question is said in its own answer, beside those of the others."""

EXAMPLES = int(os.environ.get("TENURE_EXAMPLES", "15"))

MOST_WORDS = 8


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Try some countries and zones, not all of them with everything else."""
    for shape in raw_schema["components"]["schemas"].values():
        if "enum" in shape:
            shape["enum"] = shape["enum"][:: len(shape["enum"]) // MOST_WORDS + 1]


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def world(cast: Cast) -> dict[str, Any]:
    """One of everything, for the paths to name."""
    things = things_of(cast)
    return {
        "key": cast.vendor.key,
        "organisation": things.org,
        "cart": things.cart,
        "line": things.line,
        "order": things.unpaid,
        "payment": things.payment,
        "subscription": things.sub,
        "member": things.member,
        "invitation": things.invitation,
        "token": things.token,
        "case": things.case,
        "webhook": things.hook,
        "delivery": things.delivery,
        "offer": "designer-business",
    }


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)
def test_every_call_keeps_to_the_document(case: Any, world: dict[str, Any]) -> None:
    named = dict(case.path_parameters or {})
    if sum(map(ord, str(case.body) + str(case.query))) % 4:
        case.path_parameters = {name: world.get(name, named[name]) for name in named}
    checks = [
        check for check in CHECKS if not (check in {negative_data_rejection} and case.path == BATCH)
    ]
    case.call_and_validate(headers={"Authorization": f"Bearer {world['key']}"}, checks=checks)
