"""Addresses to listen on, tried out before anything is started."""

from __future__ import annotations

import errno
import socket
import time
from dataclasses import dataclass
from typing import Final

from tenure.host.errors import PORT_TAKEN, HostError
from tenure.host.processes import Pause, attempts

_WILDCARDS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - asked for


@dataclass(frozen=True, slots=True)
class Listener:
    """An address that something will listen on."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address as it was asked for."""
        return _url(self.host, self.port)

    @property
    def probe_url(self) -> str:
        """The address at which this machine reaches it."""
        return _url(_WILDCARDS.get(self.host, self.host), self.port)

    @property
    def is_wildcard(self) -> bool:
        """Whether it is every address of this machine."""
        return self.host in _WILDCARDS


def free_port(
    host: str, port: int, *, option: str, seconds: float = 0, pause: Pause = time.sleep
) -> Listener:
    """``host`` and ``port`` (0: any free one) if they can be listened on.

    A port in use is waited for up to ``seconds``. Raises ``HostError``, which names ``option``.
    """
    why: OSError | None = None
    for _ in attempts(seconds, pause):
        try:
            return Listener(host, _bind(host, port))
        except OSError as error:
            why = error
            if error.errno != errno.EADDRINUSE:
                break
    reason = why.strerror if why is not None else ""
    raise HostError(PORT_TAKEN, host=host, port=port, why=reason, option=option) from why


def _bind(host: str, port: int) -> int:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(address)
        return int(trial.getsockname()[1])


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
