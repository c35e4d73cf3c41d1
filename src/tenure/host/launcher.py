"""Becomes another program that dies with the process that started it.

Run by path, isolated (``python -I -S launcher.py PARENT SIGNAL USER -- PROGRAM ARGUMENT …``), so
it may import nothing of Tenure and must stay tiny: it is on the way of every start. ``USER`` is
a numeric uid to become, or ``-``. The kernel forgets the wish to die with the parent when the uid
changes, so it is uttered afterwards; and a parent that died before that is noticed by its pid.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Drop to ``USER``, ask for ``SIGNAL`` at the death of ``PARENT``, and exec."""
    parent, signal, user, separator, *program = arguments
    if separator != "--" or not program:
        raise SystemExit("launcher: PARENT SIGNAL USER -- PROGRAM …")
    libc = ctypes.CDLL(None, use_errno=True)
    if user != "-":
        os.setgroups([])
        os.setgid(int(user))
        os.setuid(int(user))
    if libc.prctl(_PR_SET_PDEATHSIG, int(signal), 0, 0, 0) != 0:
        raise SystemExit(f"launcher: prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != int(parent):
        raise SystemExit("launcher: the parent is gone")
    os.execv(program[0], program)  # noqa: S606 - no shell is the point of it


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        raise SystemExit(f"launcher: {error}") from error
