"""Which types of event there are for endpoints to choose from."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import tenure
from tenure.base.errors import FieldError, Invalid
from tenure.notices.webhooks.errors import EVENT_TYPE_UNKNOWN


@cache
def event_types() -> tuple[str, ...]:
    """Every type of event that any area records, in alphabetical order."""
    found: set[str] = set()
    for area in iter_modules(tenure.__path__):
        name = f"tenure.{area.name}"
        if area.ispkg and find_spec(f"{name}.events") is not None:
            facts = inspect.getmembers(import_module(f"{name}.events"), inspect.isclass)
            types = (getattr(each, "type", None) for _, each in facts)
            found |= {each for each in types if isinstance(each, str)}
    return tuple(sorted(found))


def check_types(types: Sequence[str]) -> list[str]:
    """The types as they are kept, each once; ``Invalid`` names the first that there is not."""
    families = {f"{each.split('.', 1)[0]}.*" for each in event_types()}
    for place, each in enumerate(types):
        if each not in families and each not in event_types():
            field = f"types.{place}"
            raise Invalid([FieldError(field, EVENT_TYPE_UNKNOWN, {"type": each[:64]})])
    return sorted(set(types))
