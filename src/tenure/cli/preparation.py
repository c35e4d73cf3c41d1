"""``python -m tenure.cli.preparation``: what must be done before the parts of an installation run.

A program of its own, since the supervisor keeps free of Django. What it prints on stdout is shown
once the installation answers.
"""

from __future__ import annotations

from tenure.cli.migrate import bring_up_to_date
from tenure.cli.running import installation


def main() -> None:
    """Bring the database up to date."""
    with installation():
        bring_up_to_date()


if __name__ == "__main__":
    main()
