"""What a decision node costs without the decision: the same request is read, nothing answered."""

from __future__ import annotations

import os
import sys
from typing import Any

from tenure.host.settings import read_settings
from tenure.host.webserver import serve_application


async def application(_scope: Any, exchange: Any) -> None:
    """Read the body to its end and answer with none."""
    await exchange()
    exchange.response_empty(200, [("content-type", "application/json")])


if __name__ == "__main__":
    serve_application(
        "benchmarks.empty:application",
        interface="rsgi",
        host="127.0.0.1",
        port=int(sys.argv[1]),
        workers=read_settings(os.environ).decide_workers,
    )
