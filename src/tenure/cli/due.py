"""``tenure run-due`` and ``tenure renew``: what the worker does by itself, now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from tenure.base.clock import machine_now
from tenure.cli.output import figures, result
from tenure.cli.running import installation
from tenure.cli.wording import say


def run_due(
    at: Annotated[
        str | None,
        typer.Option(
            help=say(
                "Advance every test clock that is before this moment (RFC 3339) to it, and touch "
                "nothing else.",
                "Avancer jusqu’à ce moment (RFC 3339) chaque horloge de test qui le précède, et "
                "ne toucher à rien d’autre.",
            )
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("As JSON.", "En JSON."))] = False,
) -> None:
    """Settle what was left unknown and do what fell due; prints how much that was."""
    to = None if at is None else _moment(at)
    with installation(must_exist=True):
        from tenure.cli.migrate import bring_up_to_date

        bring_up_to_date()
        done = _advance(to) if to is not None else _run()
    if as_json:
        figures(done)
        return
    for name, count in done.items():
        result(f"{name}: {count}")


def _advance(to: datetime) -> dict[str, int]:
    from tenure.flows.clock import advance_all

    return {"clocks": advance_all(to=to, by="command")}


def _run() -> dict[str, int]:
    from tenure.flows.due import run_due as do_what_is_due
    from tenure.flows.payment_methods import recover_payment_methods
    from tenure.flows.recovery import recover_payments, recover_steps
    from tenure.flows.refunds import recover_refunds
    from tenure.flows.renewals.charging import charge_renewals, end_steps

    now = machine_now()
    return {
        "payments": recover_payments(now=now) + recover_steps(now=now) + end_steps(now=now),
        "refunds": recover_refunds(now=now),
        "cards": recover_payment_methods(now=now),
        "due": do_what_is_due(now=now),
        "renewals": charge_renewals(now=now),
    }


def _moment(text: str) -> datetime:
    found = None
    try:
        given = datetime.fromisoformat(text)
        if given.tzinfo is not None:
            found = given.astimezone(UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None or not 2000 <= found.year < 2200:
        raise typer.BadParameter(
            say(
                "A moment such as 2027-03-01T09:00:00Z is needed, from 2000 to 2199.",
                "Il faut un moment tel que 2027-03-01T09:00:00Z, de 2000 à 2199.",
            ),
            param_hint="--at",
        )
    return found
