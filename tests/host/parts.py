"""Small programs for a supervisor to look after: ``python -m tests.host.parts NAME ...``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from tenure.host.webserver import serve_application


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers everything with the number of the process that answers."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]


def main() -> None:
    """Be the part that the arguments name."""
    name, *arguments = sys.argv[1:]
    if name == "web":
        serve_application(
            arguments[0],
            interface="wsgi",
            host="127.0.0.1",
            port=int(arguments[1]),
            workers=2,
            threads=2,
            hold_back="--hold-back" in arguments,
        )
    elif name == "stubborn":  # with a child of its own, and deaf to every request to stop
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        subprocess.run([sys.executable, "-m", "tests.host.parts", "grandchild"], check=False)
    elif name == "sleeps":
        time.sleep(600)
    elif name == "grandchild":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    elif name == "abandons":  # leaves a process of another group behind, and ends
        subprocess.Popen([sys.executable, "-m", "tests.host.parts", "grandchild"], process_group=0)
        time.sleep(600)
    elif name == "prepare":
        sys.stdout.write("prepared\n")
    sys.exit(int(arguments[0]) if arguments and name == "exit" else 0)


if __name__ == "__main__":
    main()
