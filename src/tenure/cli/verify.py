"""``tenure verify``: whether all holds that is always true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure.cli.bars import steps
from tenure.cli.output import figures, result
from tenure.cli.running import installation
from tenure.cli.wording import language, say

if TYPE_CHECKING:
    from tenure.flows.verify.run import Checked


def verify(
    as_json: Annotated[bool, typer.Option("--json", help=say("As JSON.", "En JSON."))] = False,
) -> None:
    """Make every check in one snapshot, while the installation runs; exits 1 if one fails."""
    with installation(must_exist=True):
        from tenure.base.clock import machine_now
        from tenure.cli.migrate import bring_up_to_date
        from tenure.flows.verify.run import verify as check_all
        from tenure.flows.verify.table import CHECKS
        from tenure.notices.verify import CHECKS as MAIL_CHECKS

        checks = (*CHECKS, *MAIL_CHECKS)
        bring_up_to_date()
        with steps(len(checks)) as step:
            done = check_all(now=machine_now(), checks=checks, told=lambda check: step(check.name))
    if as_json:
        figures(_as_json(done))
    else:
        for line in _report(done):
            result(line)
    if not all(each.holds for each in done):
        raise typer.Exit(1)


def _report(done: Sequence[Checked]) -> Iterator[str]:
    spoken = 1 if language() == "fr" else 0
    width = max(len(each.check.name) for each in done)
    for each in done:
        tally = each.tally
        mark = "ok" if each.holds else say("FAILED", "ÉCHEC")
        counts = [f"{tally.looked_at:>9}"]
        if tally.in_flight:
            counts.append(say(f"in flight: {tally.in_flight}", f"en cours : {tally.in_flight}"))
        if tally.failed:
            counts.append(say(f"failed: {tally.failed}", f"en échec : {tally.failed}"))
        yield f"{mark:<6}  {each.check.name:<{width}}  {each.check.rule:<4} {', '.join(counts)}"
        if not each.holds:
            yield f"        {each.check.says[spoken]}"
            yield from (f"        {failure.id}  {failure.what}" for failure in tally.failures)
    failed = sum(not each.holds for each in done)
    yield (
        say(
            f"{failed} of {len(done)} checks fail.", f"{failed} contrôles sur {len(done)} échouent."
        )
        if failed
        else say(f"All {len(done)} checks hold.", f"Les {len(done)} contrôles sont bons.")
    )


def _as_json(done: Sequence[Checked]) -> dict[str, Any]:
    return {
        "holds": all(each.holds for each in done),
        "checks": [
            {
                "name": each.check.name,
                "rule": each.check.rule,
                "says": each.check.says[1 if language() == "fr" else 0],
                "looked_at": each.tally.looked_at,
                "failed": each.tally.failed,
                "in_flight": each.tally.in_flight,
                "failures": [
                    {"id": failure.id, "what": failure.what} for failure in each.tally.failures
                ],
            }
            for each in done
        ],
    }
