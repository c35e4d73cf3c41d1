"""What a decision node costs without the decision: the same request is read, nothing answered."""

from __future__ import annotations

import asyncio
import os
import sys
from http import HTTPStatus

from tenure.api.wire.connection import Connection, Door
from tenure.api.wire.heads import Head
from tenure.api.wire.serving import serve
from tenure.host.settings import read_settings


class Empty:
    """Reads the body to its end and answers with none."""

    most_bytes = 1024 * 1024

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Nothing to begin."""

    async def end(self) -> None:
        """Nothing to end."""

    def door(self, _head: Head) -> Door:
        """All bodies are treated alike."""
        return _answer

    def too_long(self, connection: Connection) -> None:
        """None is."""
        connection.drop()

    def malformed(self, connection: Connection, _status: HTTPStatus) -> None:
        """None is."""
        connection.drop()


def _answer(connection: Connection, _body: bytes) -> None:
    connection.answer(HTTPStatus.OK, b"content-type: application/json\r\n", b"")


if __name__ == "__main__":
    workers = read_settings(os.environ).decide_workers
    serve(Empty, host="127.0.0.1", port=int(sys.argv[1]), workers=workers)
