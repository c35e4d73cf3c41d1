"""``tenure catalogue import`` and ``tenure catalogue export``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure.base.ids import public_id
from tenure.base.money import Money
from tenure.base.wording import money as in_words
from tenure.cli.bars import steps
from tenure.cli.output import figures, remark, result
from tenure.cli.running import installation
from tenure.cli.wording import language, say

if TYPE_CHECKING:
    from tenure.catalogue.file import CatalogueFile, CatalogueFileRefused
    from tenure.catalogue.file.differences import ImportPlan
    from tenure.flows.catalogue_import import TouchedRenewal

app = typer.Typer(
    help=say("What is sold: import and export it.", "Ce qui est vendu : importer, exporter."),
    no_args_is_help=True,
)

_SHOWN = 40
"""So many price changes and renewals are shown; ``--json`` has them all."""


@app.command(
    "import",
    help=say(
        "Import a YAML catalogue, all or nothing; what the file no longer has is withdrawn.",
        "Importer un catalogue YAML, tout ou rien ; ce que le fichier n’a plus est retiré.",
    ),
)
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help=say("The catalogue file.", "Le fichier du catalogue."),
        ),
    ],
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help=say(
                "Say what would change and whom prices touch; write nothing.",
                "Dire ce qui changerait et qui les prix toucheraient ; ne rien écrire.",
            ),
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("As JSON.", "En JSON."))] = False,
) -> None:
    """Import ``file``; exits 1 with every error if it cannot be used."""
    from tenure.catalogue.file import CatalogueFileRefused, read_catalogue

    with steps(3) as step:
        step(say("Reading", "Lecture"))
        try:
            catalogue, source = read_catalogue(file)
        except CatalogueFileRefused as refused:
            _refuse(refused, as_json=as_json)
            raise typer.Exit(1) from refused
        step(say("Opening the database", "Ouverture de la base de données"))
        with installation() as settings:
            from tenure.cli.migrate import bring_up_to_date

            bring_up_to_date()
            step(say("Comparing", "Comparaison") if dry_run else say("Importing", "Importation"))
            done = _try(catalogue) if dry_run else _import(catalogue, source)
            gaps = () if dry_run or settings.sandbox else _gaps()
    if as_json:
        figures(_as_json(done))
    else:
        for line in _report(done):
            result(line)
    if gaps:
        remark(
            say(
                f"The file does not say of the vendor: {', '.join(gaps)}.",
                f"Le fichier ne dit pas du vendeur : {', '.join(gaps)}.",
            )
        )


@app.command(
    "export",
    help=say(
        "Print the catalogue in force as YAML, as it was imported.",
        "Afficher le catalogue en vigueur en YAML, tel qu’il a été importé.",
    ),
)
def export() -> None:
    """Print the catalogue on stdout; exits 1 if none was ever imported."""
    with installation(must_exist=True):
        from tenure.catalogue.queries import export_catalogue
        from tenure.cli.migrate import bring_up_to_date

        bring_up_to_date()
        text = export_catalogue()
    if not text:
        remark(say("No catalogue was imported yet.", "Aucun catalogue n’a encore été importé."))
        raise typer.Exit(1)
    typer.echo(text, nl=False)


@dataclass(frozen=True, slots=True)
class _Done:
    """What an import did (or would do: then there is no version)."""

    plan: ImportPlan
    renewals: tuple[TouchedRenewal, ...] = ()
    version: int | None = None


def _try(catalogue: CatalogueFile) -> _Done:
    from tenure.base.clock import machine_now
    from tenure.flows.catalogue_import import dry_run

    tried = dry_run(file=catalogue, now=machine_now())
    return _Done(tried.plan, renewals=tried.renewals)


def _import(catalogue: CatalogueFile, source: str) -> _Done:
    from tenure.base.clock import machine_now
    from tenure.flows.catalogue_import import import_file

    done = import_file(file=catalogue, source=source, now=machine_now(), by="command")
    return _Done(done.plan, version=done.version)


def _gaps() -> tuple[str, ...]:
    from tenure.catalogue.queries import vendor_gaps

    return vendor_gaps()


def _refuse(refused: CatalogueFileRefused, *, as_json: bool) -> None:
    spoken = language()
    for line in refused.lines(spoken):
        remark(line)
    if refused.more:
        remark(say(f"and {refused.more} more", f"et {refused.more} de plus"))
    if as_json:
        figures(
            {
                "errors": [
                    {
                        "file": refused.file,
                        "line": problem.line,
                        "field": problem.field,
                        "code": problem.code.code,
                        "detail": problem.text(spoken),
                    }
                    for problem in refused.problems
                ],
                "more": refused.more,
            }
        )


def _report(done: _Done) -> Iterator[str]:
    plan, renewals = done.plan, done.renewals
    if done.version is not None:
        yield say(
            f"Catalogue {done.version} is in force.",
            f"Le catalogue {done.version} est en vigueur.",
        )
    if not plan:
        yield say("Nothing changes.", "Rien ne change.")
        return
    yield from _kinds(plan)
    yield from _price_lines(plan)
    if renewals:
        yield say(
            f"Renewals with another price: {len(renewals)}",
            f"Renouvellements à un autre prix : {len(renewals)}",
        )
        for each in renewals[:_SHOWN]:
            yield (
                f"  {each.renews_on}  {public_id('org', each.organisation)} "
                f"{each.organisation_name}  {public_id('sub', each.subscription)} "
                f"{each.offer} ×{each.quantity}: {_money(each.before)} → {_money(each.after)}"
            )
        yield from _rest(len(renewals))


def _kinds(plan: ImportPlan) -> Iterator[str]:
    words = {
        "added": say("added", "ajoutés"),
        "changed": say("changed", "modifiés"),
        "withdrawn": say("withdrawn", "retirés"),
        "returned": say("of them back", "dont revenus"),
    }
    if plan.vendor:
        yield f"vendor: {', '.join(plan.vendor)}"
    for kind, changes in plan.kinds.items():
        counts = [
            f"{len(ids)} {word}" for name, word in words.items() if (ids := getattr(changes, name))
        ]
        if not counts and changes.moved:
            counts = [say("in another order", "dans un autre ordre")]
        if counts:
            yield f"{kind}: {', '.join(counts)}"
        for name in ("changed", "withdrawn"):
            if ids := getattr(changes, name):
                more = " …" if len(ids) > _SHOWN else ""
                yield f"  {words[name]}: {', '.join(ids[:_SHOWN])}{more}"


def _price_lines(plan: ImportPlan) -> Iterator[str]:
    """The prices of offers that were there before; those of new offers are no change."""
    added = frozenset(plan.kinds["offers"].added)
    changed = [change for change in plan.prices if change.offer not in added]
    if not changed:
        return
    yield say(f"prices: {len(changed)} changed", f"prix : {len(changed)} modifiés")
    for change in changed[:_SHOWN]:
        since = say("always", "toujours") if change.valid_from is None else str(change.valid_from)
        before = None if change.before is None else Money(change.before, change.currency)
        after = None if change.after is None else Money(change.after, change.currency)
        yield f"  {change.offer} {change.term} {since}: {_money(before)} → {_money(after)}"
    yield from _rest(len(changed))


def _rest(count: int) -> Iterator[str]:
    if count > _SHOWN:
        yield say(f"  and {count - _SHOWN} more", f"  et {count - _SHOWN} de plus")


def _money(amount: Money | None) -> str:
    if amount is None:
        return say("no price", "sans prix")
    return in_words(amount, language())


def _as_json(done: _Done) -> Mapping[str, Any]:
    plan = done.plan
    return {
        "version": done.version,
        "changed": bool(plan),
        "vendor": list(plan.vendor),
        **{
            kind: {
                name: list(getattr(changes, name))
                for name in ("added", "changed", "withdrawn", "returned", "moved")
            }
            for kind, changes in plan.kinds.items()
        },
        "prices": [
            {
                "offer": change.offer,
                "term": change.term,
                "currency": change.currency,
                "from": change.valid_from,
                "before": change.before,
                "after": change.after,
            }
            for change in plan.prices
        ],
        "renewals": [
            {
                "organisation": public_id("org", each.organisation),
                "organisation_name": each.organisation_name,
                "subscription": public_id("sub", each.subscription),
                "offer": each.offer,
                "term": each.term,
                "quantity": each.quantity,
                "renews_on": each.renews_on,
                "before": _amount(each.before),
                "after": _amount(each.after),
            }
            for each in done.renewals
        ],
    }


def _amount(money: Money | None) -> Mapping[str, Any] | None:
    return None if money is None else {"amount": money.amount, "currency": money.currency}
