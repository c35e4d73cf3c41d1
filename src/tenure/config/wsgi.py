"""The entry point of the web processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from tenure.config.static_files import prepare_assets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")

_MOST_UNTOLD: Final = 1024 * 1024
"""As much as Django takes at all: what is longer is cut, and then cannot be read as JSON."""

prepare_assets()
_django = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (loaded before the workers fork, and for good)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request. Django reads as much of a body as its length says, so one that comes in
    chunks is given the greatest; it is read where it is needed, behind the key, not here."""
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        environ["CONTENT_LENGTH"] = str(_MOST_UNTOLD)
    return _django(environ, start_response)
