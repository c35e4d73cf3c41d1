"""``python -m tenure.cli.preparation [--demo]``: what must be done before the parts run.

A program of its own, since the supervisor keeps free of Django. What it prints on stdout is shown
once the installation answers.
"""

from __future__ import annotations

import sys

from tenure.base.wording import sentence
from tenure.cli.migrate import bring_up_to_date
from tenure.cli.output import remark, result
from tenure.cli.running import installation
from tenure.cli.wording import language
from tenure.host.errors import HostError


def _warn_of_policy() -> None:
    """What a vendor should know who goes live: consumers in the EU have rights (R33)."""
    from tenure.catalogue.queries.browsing import consumer_countries
    from tenure.orders.queries.policy import policy_in_force
    from tenure.policy.loading import policy_warnings

    _, policy = policy_in_force()
    for warning in policy_warnings(policy, consumer_countries=consumer_countries()):
        remark(sentence(warning.code, warning.figures, language()))


def main() -> None:
    """Bring the database up to date, and for a demonstration fill it with samples."""
    try:
        with installation() as settings:
            bring_up_to_date()
            if not settings.sandbox:
                _warn_of_policy()
            if "--demo" in sys.argv[1:]:
                from tenure.cli.demonstration import prepare

                for line in prepare(settings):
                    result(line)
    except HostError as error:
        remark(error.text(language()))
        sys.exit(1)


if __name__ == "__main__":
    main()
