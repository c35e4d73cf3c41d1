"""A supervisor over small parts: ``python -m tests.host.supervised PORT PART...``.

It does what ``tenure serve`` does, without Django, on the place that the environment names.
"""

from __future__ import annotations

import os
import sys

from tenure.host.cluster import open_cluster
from tenure.host.errors import HostError
from tenure.host.installation import Hold, hold_for_serving
from tenure.host.ports import free_port
from tenure.host.postgres import LEFTOVER_SECONDS, Server
from tenure.host.settings import read_settings
from tenure.host.supervisor import Part, StopAsked, Supervisor, taken_signals

_PARTS = (sys.executable, "-m", "tests.host.parts")


def main() -> None:
    """Supervise until asked to stop; exits 1 with a word on stderr if something is wrong."""
    try:
        run(int(sys.argv[1]), sys.argv[2:])
    except HostError as error:
        sys.stderr.write(error.text("en") + "\n")
        sys.exit(1)
    except StopAsked:
        sys.exit(0)


def run(port: int, names: list[str]) -> None:
    """Supervise the web server and the parts called ``names``."""
    settings = read_settings(os.environ)
    with taken_signals() as signals, Hold(settings.data_dir, "serve") as held:
        hold_for_serving(held, settings.data_dir, pause=signals.pause)
        patience = LEFTOVER_SECONDS if held.after_a_kill else 0
        listener = free_port(
            "127.0.0.1", port, option="--port", seconds=patience, pause=signals.pause
        )
        server = Server(open_cluster(settings.data_dir, settings.server_dir, durable=False))
        target = "missing" if "broken" in names else "application"
        web = (*_PARTS, "web", f"tests.host.parts:{target}", str(listener.port), "--hold-back")
        probe = 1 if "mute" in names else listener.port
        parts = [Part("web", web, f"http://127.0.0.1:{probe}/readyz", holds_back=True)]
        parts += [Part(name, (*_PARTS, *name.split(":"))) for name in names if name not in _TRAITS]

        def ready(printed: str) -> None:
            sys.stdout.write(f"Ready: {listener.url} {printed}\n")
            sys.stdout.flush()

        Supervisor(
            parts=parts, environ=os.environ, server=server, signals=signals, language="en"
        ).run(
            prepare=(*_PARTS, *(("exit", "3") if "unprepared" in names else ("prepare",))),
            connected=lambda: held.tell(database_url=server.url, public_url=listener.url),
            ready=ready,
        )


_TRAITS = frozenset({"broken", "unprepared", "mute"})


if __name__ == "__main__":
    main()
