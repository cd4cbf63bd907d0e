"""The commands of the compliance desk: `pypot compliance …`."""

import json
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer

app = typer.Typer(help="The compliance desk: cases and moderation.", no_args_is_help=True)

Person = Annotated[
    UUID | None,
    typer.Option(
        "--as",
        metavar="UUID",
        help="Who acts, as the audit keeps it.",
        show_default="PYPOT_COMPLIANCE_SUB",
    ),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="The database.",
        show_default="PYPOT_DB_URL, else SUPABASE_URL, else the embedded server's",
    ),
]
PotId = Annotated[UUID, typer.Argument(metavar="POT", help="The pot's id.")]
Reason = Annotated[str, typer.Option(help="Why, 1 to 500 characters. Name no person in it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Most = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many at most.")]


class Needs(StrEnum):
    """Why a pot is a case."""

    FLAGS = "flags"
    ALERTS = "alerts"
    HOLD = "hold"
    PAUSED = "paused"


@app.command()
def cases(
    needs: Annotated[Needs | None, typer.Option(help="Only for this reason.")] = None,
    limit: Most = 100,
    person: Person = None,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List the pots that need somebody to look, newest first.

    Those with open flags or alerts, a held payout, or paused entries. Exit codes: 0 listed; 1
    refused, or the database cannot be used; 2 nobody is named, or a wrong option.
    """
    from pypot_cli.compliance import desk, tables
    from pypot_cli.screen import Screen

    with desk.opened(db_url, person) as opened:
        rows = list(
            opened.all_rows("list_cases", key="pot_id", page_size=100, most=limit, needs=needs)
        )
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        tables.show(Screen().result, tables.cases(rows))


@app.command()
def case(
    pot_id: PotId,
    after: Annotated[
        UUID | None, typer.Option(metavar="ENTRY", help="Go on after this entry.")
    ] = None,
    page_size: Annotated[int, typer.Option(min=1, max=1000, help="Entries to read.")] = 1000,
    person: Person = None,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show all that is known of a pot: entries, clusters, flags, history.

    Addresses and devices are labels of this case; who shares one is linked. With --after, entries
    alone. Exit codes: 0 shown; 1 no such pot, refused, or the database cannot be used; 2 nobody is
    named, or a wrong option.
    """
    from pypot_cli.compliance import desk, tables
    from pypot_cli.screen import Screen

    with desk.opened(db_url, person) as opened:
        answer = opened.call("get_case", pot_id=pot_id, after=after, page_size=page_size)
    if as_json or after:
        typer.echo(json.dumps(answer, indent=2))
    else:
        tables.show(Screen().result, tables.case(answer))


@app.command()
def pause(
    pot_id: PotId,
    reason: Reason,
    person: Person = None,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Halt the entries of an open pot; its fill timer stands still.

    The reason is shown to players. Again by the same person: the same answer. Exit codes: 0 paused;
    1 refused, or the database cannot be used; 2 nobody is named, or a wrong option.
    """
    _moderate(db_url, person, as_json, "pause_pot", pot_id=pot_id, reason=reason)


@app.command()
def resume(
    pot_id: PotId,
    reason: Reason,
    person: Person = None,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Reopen a paused pot; its deadline moves on by the time it was paused.

    Exit codes: 0 resumed; 1 refused, or the database cannot be used; 2 nobody is named, or a wrong
    option.
    """
    _moderate(db_url, person, as_json, "resume_pot", pot_id=pot_id, reason=reason)


@app.command()
def void(
    pot_id: PotId,
    reason: Reason,
    person: Person = None,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Cancel a pot that was not revealed yet, and refund everybody. There is no way back.

    The public is told that it was voided, not why. Exit codes: 0 voided; 1 refused, as after a
    reveal, or the database cannot be used; 2 nobody is named, or a wrong option.
    """
    _moderate(db_url, person, as_json, "void_pot", pot_id=pot_id, reason=reason)


def _moderate(
    db_url: str | None, person: UUID | None, as_json: bool, function: str, **arguments: Any
) -> None:
    from pypot_cli.compliance import desk, tables
    from pypot_cli.screen import Screen

    with desk.opened(db_url, person) as opened:
        answer = opened.call(function, **arguments)
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
    else:
        tables.show(Screen().result, tables.facts(answer))
