"""The commands that let old pots leave the tables that are played in: `pypot archive …`."""

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pypot_cli import cli_compliance, cli_proof
from pypot_cli.cli_options import AsJson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from pypot_cli.archive.office import Office

app = typer.Typer(
    help="Let pots that ended long ago leave: archive, detach, put back. As role postgres.",
    no_args_is_help=True,
)

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="The database, as role postgres.",
        show_default="PYPOT_DB_URL, else the embedded server's",
    ),
]
Person = cli_compliance.Person
Month = Annotated[str, typer.Argument(metavar="YYYY-MM", help="The month.")]
ExportKey = Annotated[
    str,
    typer.Option(
        metavar="KEY",
        envvar="PYPOT_EXPORT_KEY",
        help="The key that signs, by pypot keys new --purpose export: a file, env:NAME or"
        " cmd:COMMAND.",
    ),
]
PublicKeys = Annotated[
    list[str],
    typer.Option("--key", metavar="HEX", help="A public key you trust to export. May be repeated."),
]


@app.command()
def plan(person: Person = None, db_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Show by month how many pots could be archived, and what keeps the others.

    Changes nothing. Exit codes: 0 shown; 1 the database cannot be used; 2 nobody is named, or a
    wrong option.
    """
    from pypot_cli.archive import run as archiving

    with _opened(db_url, person) as office:
        _print_plan(archiving.plan(office), as_json)


@app.command()
def days(
    number: Annotated[int, typer.Argument(min=90, max=36500, metavar="DAYS", help="How many.")],
    reason: cli_compliance.Reason,
    person: Person = None,
    db_url: DatabaseUrl = None,
) -> None:
    """Set for how many days after its end a pot stays at least.

    Never less than what is personal is kept (pypot compliance retention). Exit codes: 0 set; 1
    refused, or the database cannot be used; 2 nobody is named, or a wrong option.
    """
    with _opened(db_url, person) as office:
        typer.echo(json.dumps(office.one("days", days=number, reason=reason)))


@app.command()
def run(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the signed exports go, a folder a month.")
    ],
    reason: cli_compliance.Reason,
    key: ExportKey,
    month: Annotated[
        list[str] | None,
        typer.Option(metavar="YYYY-MM", help="Only this month. May be repeated."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="How many pots at most.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and change nothing.")
    ] = False,
    beacon_chain: cli_proof.BeaconChains = None,
    person: Person = None,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Archive pots that are ready: export each, check the export, move its rows.

    A pot is moved in a transaction of its own, into the partitions of the month that it ended in.
    What ends it in between does no harm: run it again.

    Exit codes: 0 done; 1 some pots could not be archived and are named, refused, or the database
    cannot be used; 2 nobody is named, no readable key, or a wrong option.
    """
    from rich.console import Console
    from rich.progress import Progress

    from pypot_cli import keys, proof, rpc
    from pypot_cli.archive import run as archiving
    from pypot_cli.archive.months import name, read_month
    from pypot_cli.compliance import desk

    wanted = [read_month(each) for each in month or ()]
    keys.forbid_dumps()
    secret = keys.load_secret(key)
    trust = proof.read_trust(None, None, None, beacon_chain, None, None)
    with _opened(db_url, person) as office:
        planned = archiving.plan(office)
        if dry_run:
            _print_plan(planned, as_json)
            return
        months = [read_month(each["month"]) for each in planned if each["ready"]]
        months = [each for each in months if not wanted or each in wanted]
        total = sum(each["ready"] for each in planned if read_month(each["month"]) in months)
        console = Console(stderr=True)
        with (
            desk.opened(rpc.database_url(db_url), office.person) as opened,
            Progress(console=console, transient=True, disable=not console.is_terminal) as bar,
        ):
            task = bar.add_task("archive", total=total)
            outcome = archiving.run(
                office,
                archiving.Exporting(opened, reason, out, secret, trust),
                months,
                limit,
                lambda at, _: bar.update(task, advance=1, description=name(at)),
            )
        if as_json:
            typer.echo(json.dumps(outcome.as_json(), indent=2))
        else:
            typer.echo(f"archived {outcome.archived} pots with {outcome.entries} entries")
            for blocker, pots in sorted(outcome.blocked.items()):
                typer.echo(f"{pots} stay: {blocker}")
            for pot_id, why in outcome.failed.items():
                typer.echo(f"pot {pot_id} could not be archived: {why}", err=True)
        raise typer.Exit(1 if outcome.failed else 0)


@app.command()
def detach(
    month: Month,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to write, signed.")],
    copy: Annotated[
        list[Path],
        typer.Option(metavar="FILE", help="A copy elsewhere, read back too. May be repeated."),
    ],
    key: ExportKey,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write and check the file, and drop nothing.")
    ] = False,
    person: Person = None,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Let an archived month leave for a signed file, and drop its partitions.

    Every pot that ended in the month has to be archived, and the log to have a checkpoint that
    holds it. The file and its copies are read back and checked first; each wallet keeps what left
    of it as sums. Keep the files: nobody else has these rows then.

    Exit codes: 0 detached; 1 refused, a file does not hold, or the database cannot be used; 2
    nobody is named, no readable key, or a wrong option.
    """
    from pypot_cli import keys
    from pypot_cli.archive import detach as detaching
    from pypot_cli.archive.months import read_month

    at = read_month(month)
    keys.forbid_dumps()
    secret = keys.load_secret(key)
    with _opened(db_url, person) as office:
        with _counted("pots") as told:
            contents = detaching.write(office, at, out, secret, told)
        answer: dict[str, Any] = contents.as_json()
        if not dry_run:
            answer |= detaching.detach(office, contents, out, copy, secret)
        _print_facts(answer | {"file": str(out)}, as_json)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What detach wrote.")],
    key: PublicKeys,
    as_json: AsJson = False,
) -> None:
    """Check the file of a detached month, offline.

    Signature, chains, that the log holds them, every row against its chain, the trees and the
    books. Exit codes: 0 all holds; 1 not, and it says what; 2 the file or a key cannot be read.
    """
    from pypot_cli.archive import month_file
    from pypot_cli.fairness import signing

    contents = month_file.verify(file, [signing.read_public_key(each) for each in key])
    _print_facts(contents.as_json(), as_json)


@app.command()
def attach(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What detach wrote.")],
    key: PublicKeys,
    person: Person = None,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Put a detached month back into the archive from its file.

    In one transaction, in which every row is compared with what the pots' chains say. Exit codes:
    0 attached; 1 refused, the file does not hold, or the database cannot be used; 2 nobody is
    named, or the file or a key cannot be read.
    """
    from pypot_cli.archive import detach as detaching
    from pypot_cli.fairness import signing

    trusted = [signing.read_public_key(each) for each in key]
    with _opened(db_url, person) as office:
        with _counted("pots") as told:
            answer = detaching.attach(office, file, trusted, told)
        _print_facts(answer, as_json)


@contextlib.contextmanager
def _opened(db_url: str | None, person: "UUID | None") -> "Iterator[Office]":
    from pypot_cli import rpc
    from pypot_cli.archive import office
    from pypot_cli.compliance import desk

    with office.opened(rpc.database_url(db_url), desk.person_or_variable(person)) as opened:
        yield opened


@contextlib.contextmanager
def _counted(what: str) -> "Iterator[Callable[[int], None]]":
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda number: bar.update(task, completed=number, description=f"{number} {what}")


def _print_plan(planned: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(planned, indent=2))
        return
    from rich.table import Table

    from pypot_cli.screen import Screen

    table = Table("month", "pots due", "archived", "ready", "what keeps the others", "detached")
    for each in planned:
        kept = ", ".join(f"{pots} {why}" for why, pots in sorted(each["blocked"].items()))
        table.add_row(
            each["month"], str(each["pots"]), str(each["archived"]), str(each["ready"]), kept,
            each["detached_at"] or "",
        )  # fmt: skip
    Screen().result.print(table if planned else "no pot ended long enough ago")


def _print_facts(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
        return
    from pypot_cli.compliance import tables
    from pypot_cli.screen import Screen

    tables.show(Screen().result, tables.facts(answer))
