"""The commands of the compliance desk: `pypot compliance …`."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from pypot_cli import cli_proof
from pypot_cli.cli_options import AsJson, DatabaseOrApiUrl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import RenderableType

    from pypot_cli.compliance.export_check import Verdict

app = typer.Typer(
    help="The compliance desk: cases, moderation, exports and what is kept of people.",
    no_args_is_help=True,
)
limits_app = typer.Typer(help="Guard rails: what joins are held to.", no_args_is_help=True)
app.add_typer(limits_app, name="limits")
officers_app = typer.Typer(
    help="Officers: who signs in to the desk on the web. With the service key.",
    no_args_is_help=True,
)
app.add_typer(officers_app, name="officers")

Person = Annotated[
    UUID | None,
    typer.Option(
        "--as",
        metavar="UUID",
        help="Who acts, as the audit keeps it.",
        show_default="PYPOT_COMPLIANCE_SUB",
    ),
]
PotId = Annotated[UUID, typer.Argument(metavar="POT", help="The pot's id.")]
Officer = Annotated[UUID, typer.Argument(metavar="USER", help="The user's id in auth.users.")]
Reason = Annotated[str, typer.Option(help="Why, 1 to 500 characters. Name no person in it.")]
Most = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many at most.")]


class Needs(StrEnum):
    """Why a pot is a case."""

    FLAGS = "flags"
    ALERTS = "alerts"
    HOLD = "hold"
    PAUSED = "paused"


class FlagStatus(StrEnum):
    """What became of a flag."""

    OPEN = "open"
    UPHOLD_PROPOSED = "uphold_proposed"
    UPHELD = "upheld"
    CLEARED = "cleared"


class AlertStatus(StrEnum):
    """What became of an alert."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Decision(StrEnum):
    """What a reviewer makes of a flag."""

    CLEAR = "clear"
    UPHOLD = "uphold"


class Effect(StrEnum):
    """What a flag does."""

    NOTE = "note"
    HOLD = "hold"
    REFUSE = "refuse"


class Scope(StrEnum):
    """For whom a limit is."""

    GLOBAL = "global"
    REGION = "region"
    TEMPLATE = "template"
    USER = "user"


@app.command()
def cases(
    needs: Annotated[Needs | None, typer.Option(help="Only for this reason.")] = None,
    limit: Most = 100,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """List the pots that need somebody to look, newest first.

    Those with open flags or alerts, a held payout, or paused entries. Exit codes: 0 listed; 1
    refused, or the database cannot be used; 2 nobody is named, or a wrong option.
    """
    from pypot_cli.compliance import tables

    _list(
        db_url, person, as_json, tables.cases, "list_cases", key="pot_id", most=limit, needs=needs
    )


@app.command()
def case(
    pot_id: PotId,
    after: Annotated[
        UUID | None, typer.Option(metavar="ENTRY", help="Go on after this entry.")
    ] = None,
    page_size: Annotated[int, typer.Option(min=1, max=1000, help="Entries to read.")] = 1000,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
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
    db_url: DatabaseOrApiUrl = None,
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
    db_url: DatabaseOrApiUrl = None,
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
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Cancel a pot that was not revealed yet, and refund everybody. There is no way back.

    The public is told that it was voided, not why. Exit codes: 0 voided; 1 refused, as after a
    reveal, or the database cannot be used; 2 nobody is named, or a wrong option.
    """
    _moderate(db_url, person, as_json, "void_pot", pot_id=pot_id, reason=reason)


@app.command()
def exclude(
    entry_id: Annotated[UUID, typer.Argument(metavar="ENTRY", help="The entry's id.")],
    reason: Reason,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Take an entry out of an open pot: refunded, and its player does not join that pot again.

    After the lock nothing changes a draw: then a flag holds the payout instead. Exit codes: 0
    excluded; 1 refused, or the database cannot be used; 2 nobody is named, or a wrong option.
    """
    _moderate(db_url, person, as_json, "exclude_entry", entry_id=entry_id, reason=reason)


@app.command()
def flags(
    pot_id: Annotated[
        UUID | None, typer.Option("--pot", metavar="POT", help="Only of this pot.")
    ] = None,
    status: Annotated[FlagStatus | None, typer.Option(help="Only those in it.")] = None,
    limit: Most = 100,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """List fraud flags, newest first, with what they rest on.

    Exit codes: 0 listed; 1 refused, or the database cannot be used; 2 nobody is named, or a wrong
    option.
    """
    from pypot_cli.compliance import tables

    _list(
        db_url,
        person,
        as_json,
        tables.flags,
        "list_flags",
        key="flag_id",
        most=limit,
        pot_id=pot_id,
        status=status,
    )


@app.command()
def alerts(
    status: Annotated[AlertStatus | None, typer.Option(help="Only those in it.")] = None,
    limit: Most = 100,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """List alerts, newest first. What to do about each kind: docs/operations.md.

    Exit codes: 0 listed; 1 refused, or the database cannot be used; 2 nobody is named, or a wrong
    option.
    """
    from pypot_cli.compliance import tables

    _list(
        db_url,
        person,
        as_json,
        tables.alerts,
        "list_alerts",
        key="alert_id",
        most=limit,
        status=status,
    )


@app.command()
def ack(
    alert_id: Annotated[UUID, typer.Argument(metavar="ALERT", help="The alert's id.")],
    reason: Reason,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Say that you look after an alert. It closes by itself when its cause ends.

    Exit codes: 0 acknowledged; 1 refused, as by somebody with an interest in its pot, or the
    database cannot be used; 2 nobody is named, or a wrong option.
    """
    _moderate(db_url, person, as_json, "ack_alert", alert_id=alert_id, reason=reason)


@app.command()
def review(
    flag_id: Annotated[UUID, typer.Argument(metavar="FLAG", help="The flag's id.")],
    decision: Annotated[Decision, typer.Argument(help="What you make of it.")],
    reason: Reason,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Decide a flag: clear it, or uphold it, which takes a second person.

    The first to uphold proposes, another confirms. When the last flag that holds a payout is
    cleared, the winner is paid; when one is upheld, the prize goes back to the other entrants. Exit
    codes: 0 recorded; 1 refused, or the database cannot be used; 2 nobody is named, or a wrong
    option.
    """
    _moderate(
        db_url, person, as_json, "review_flag", flag_id=flag_id, decision=decision, reason=reason
    )


@app.command()
def policies(
    person: Person = None, db_url: DatabaseOrApiUrl = None, as_json: AsJson = False
) -> None:
    """List from which score on each kind of flag has an effect, and what is proposed.

    Exit codes: 0 listed; 1 refused, or the database cannot be used; 2 nobody is named, or a wrong
    option.
    """
    from pypot_cli.compliance import desk, tables
    from pypot_cli.screen import Screen

    with desk.opened(db_url, person) as opened:
        rows = opened.rows("list_flag_policies")
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        tables.show(Screen().result, tables.policies(rows))


@app.command()
def policy(
    kind: Annotated[str, typer.Argument(help="The kind of flag.")],
    effect: Annotated[Effect, typer.Argument(help="What it does.")],
    min_score: Annotated[
        str,
        typer.Argument(
            metavar="SCORE", help="From which score on, 0 to 1; none takes the effect away."
        ),
    ],
    reason: Reason,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Say from which score on a kind of flag is noted, holds a payout or refuses a join.

    Takes two people: the first one's call proposes (status: proposed), the same call by another
    within a week sets it (status: set), for what is found from then on. Exit codes: 0 proposed or
    set; 1 refused, or the database cannot be used; 2 nobody is named, or a wrong option.
    """
    from pypot_cli.compliance import limits

    _moderate(
        db_url,
        person,
        as_json,
        "set_flag_policy",
        kind=kind,
        effect=effect,
        min_score=limits.read_score(min_score),
        reason=reason,
    )


@limits_app.command("show")
def limits_show(
    limit: Most = 1000,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """List the guard rails that are set. Where none is, nothing is limited.

    Exit codes: 0 listed; 1 refused, or the database cannot be used; 2 nobody is named, or a wrong
    option.
    """
    from pypot_cli.compliance import tables

    _list(
        db_url,
        person,
        as_json,
        tables.limits,
        "list_guard_rails",
        key="rail_id",
        most=limit,
    )


@limits_app.command("set")
def limits_set(
    rule: Annotated[str, typer.Argument(help="Which limit, such as joins_per_minute.")],
    value: Annotated[
        str,
        typer.Argument(
            help="A number, regions by commas, off to lift a wider scope's limit, or none to take"
            " this one away."
        ),
    ],
    reason: Reason,
    scope: Annotated[Scope, typer.Option(help="For whom.")] = Scope.GLOBAL,
    scope_id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="The region, template's name or user's id."),
    ] = None,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Set one guard rail; it holds from the next join on.

    The narrowest scope counts: user, template, region, global. Exit codes: 0 set; 1 refused, or the
    database cannot be used; 2 nobody is named, or a wrong option.
    """
    from pypot_cli.compliance import limits

    _moderate(
        db_url,
        person,
        as_json,
        "set_guard_rail",
        scope=scope,
        scope_id=scope_id,
        rule=rule,
        value=limits.read_value(value),
        reason=reason,
    )


@app.command()
def export(
    pot_id: PotId,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it; a new file.")],
    reason: Reason,
    key: Annotated[
        str,
        typer.Option(
            metavar="KEY",
            envvar="PYPOT_EXPORT_KEY",
            help="The key that signs it, by pypot keys new --purpose export: a file, env:NAME or"
            " cmd:COMMAND.",
        ),
    ],
    identified: Annotated[
        bool, typer.Option("--identified", help="With user ids and salts, not numbers.")
    ] = False,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Write a pot's full record, signed, for a regulator: JSON lines.

    Rules, entries, audit chain, books, flags, events, proof, and that the audit log holds the
    chain. The database keeps who took it out and why. Check it by pypot compliance verify-export.

    Exit codes: 0 written; 1 refused, FILE exists, the pot changed meanwhile, or the database cannot
    be used; 2 nobody is named, no readable key, or a wrong option.
    """
    from rich.console import Console
    from rich.progress import Progress

    from pypot_cli import keys
    from pypot_cli.compliance import desk, tables
    from pypot_cli.compliance import export as exports
    from pypot_cli.screen import Screen

    keys.forbid_dumps()
    secret = keys.load_secret(key)
    console = Console(stderr=True)
    with (
        desk.opened(db_url, person) as opened,
        Progress(console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task("export", total=None)

        def told(part: str, rows: int) -> None:
            bar.update(task, description=f"{part}: {rows}")

        manifest = exports.export(
            opened, pot_id, reason, out, secret, identified=identified, progress=told
        )
    if as_json:
        typer.echo(json.dumps(manifest, indent=2))
    else:
        counts = {part["part"]: part["lines"] for part in manifest["parts"]}
        shown = {"file": str(out), "export_id": manifest["export_id"], **counts}
        tables.show(Screen().result, tables.facts(shown))


@app.command("verify-export")
def verify_export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What export wrote.")],
    key: Annotated[
        list[str],
        typer.Option(metavar="HEX", help="A public key you trust to export. May be repeated."),
    ],
    orchestrator_key: cli_proof.OrchestratorKeys = None,
    settlement_key: cli_proof.SettlementKeys = None,
    beacon_chain: cli_proof.BeaconChains = None,
    as_json: AsJson = False,
) -> None:
    """Check an exported record, offline: its signature, that it is whole, and that it adds up.

    Recomputes the audit chain, the tree over the entries, the books and the settlement proof, and
    looks for the chain in the audit log. Exit codes: 0 valid; 1 not, and the checks that failed are
    named; 2 the file or a key cannot be read.
    """
    from pypot_cli import proof
    from pypot_cli.compliance import export_check
    from pypot_cli.fairness import signing

    trust = proof.read_trust(orchestrator_key, settlement_key, None, beacon_chain, None, None)
    verdict = export_check.verify(file, [signing.read_public_key(each) for each in key], trust)
    if as_json:
        typer.echo(json.dumps(verdict.as_json(), indent=2))
    else:
        _print_verdict(verdict)
    raise typer.Exit(0 if verdict.valid else 1)


@app.command()
def retention(
    network_days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Addresses and devices, from a pot's end.")
    ] = None,
    key_days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Idempotency keys, from their join.")
    ] = None,
    evidence_days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Evidence of flags, from a pot's end.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="Why, when something is set. Name no person in it.")
    ] = None,
    run: Annotated[
        bool, typer.Option("--run", help="Forget what has expired, until nothing is left.")
    ] = False,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show, set or apply for how long personal data are kept.

    What is forgotten: docs/privacy.md. Pots under review wait. Exit codes: 0 done; 1 refused, or
    the database cannot be used; 2 nobody is named, or a wrong option.
    """
    from pypot_cli.compliance import desk, tables
    from pypot_cli.compliance import retention as retaining
    from pypot_cli.screen import Screen

    wanted = {
        name: days
        for name, days in (
            ("network_days", network_days),
            ("key_days", key_days),
            ("evidence_days", evidence_days),
        )
        if days is not None
    }
    if wanted and reason is None:
        raise typer.BadParameter("say why by --reason: it is what the audit keeps")
    with desk.opened(db_url, person) as opened:
        if wanted:
            opened.call("set_retention", reason=reason, **wanted)
        purged = retaining.purge(opened) if run else {}
        answer = {**opened.call("get_retention"), **({"purged": purged} if run else {})}
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
    else:
        tables.show(Screen().result, tables.facts(answer))


@app.command()
def erasures(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those who wait.")] = False,
    limit: Most = 100,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """List the players who asked to be forgotten, and those who were, oldest first.

    Exit codes: 0 listed; 1 refused, or the database cannot be used; 2 nobody is named, or a wrong
    option.
    """
    from pypot_cli.compliance import tables

    _list(
        db_url,
        person,
        as_json,
        tables.erasures,
        "list_erasures",
        key="user_id",
        most=limit,
        waiting=True if waiting else None,
    )


@app.command()
def erase(
    user_id: Annotated[UUID, typer.Argument(metavar="USER", help="The player's id.")],
    reason: Reason,
    forfeit: Annotated[
        bool, typer.Option("--forfeit", help="Leave the credits of the wallet behind.")
    ] = False,
    person: Person = None,
    db_url: DatabaseOrApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Forget a player: what ties the user id to a person goes, for good.

    Refused while entries are in play, a payout is held, a flag is under review, or credits are
    left. Ledger, chains and proofs stay as they are. When login_remains says yes, delete the user
    in Supabase too. Exit codes: 0 forgotten; 1 refused, or the database cannot be used; 2 nobody is
    named, or a wrong option.
    """
    _moderate(
        db_url, person, as_json, "erase_player", user_id=user_id, reason=reason, forfeit=forfeit
    )


@officers_app.command("list")
def officers_list(db_url: DatabaseOrApiUrl = None, as_json: AsJson = False) -> None:
    """List who signs in as compliance, and who did and was revoked.

    Exit codes: 0 listed; 1 refused, or the database cannot be used.
    """
    from pypot_cli.compliance import desk, tables
    from pypot_cli.screen import Screen

    with desk.opened_by_the_operator(db_url) as opened:
        rows = list(opened.all_rows("list_officers", key="user_id", page_size=1000, most=None))
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        tables.show(Screen().result, tables.officers(rows))


@officers_app.command("name")
def officers_name(user: Officer, reason: Reason, db_url: DatabaseOrApiUrl = None) -> None:
    """Let a user who signed up sign in as compliance, from the next token on.

    Officers do not play. Exit codes: 0 named; 1 refused, or the database cannot be used; 2 no UUID.
    """
    _set_officer(db_url, user, True, reason)


@officers_app.command("revoke")
def officers_revoke(user: Officer, reason: Reason, db_url: DatabaseOrApiUrl = None) -> None:
    """Take that away: every call is refused at once, and the next token has no role.

    Exit codes: 0 revoked; 1 refused, or the database cannot be used; 2 no UUID.
    """
    _set_officer(db_url, user, False, reason)


def _set_officer(db_url: str | None, user: UUID, officer: bool, reason: str) -> None:
    from pypot_cli.compliance import desk

    with desk.opened_by_the_operator(db_url) as opened:
        opened.call("set_officer", user_id=user, officer=officer, reason=reason)
    typer.echo(f"{user} {'signs in as compliance' if officer else 'is no officer'}")


def _list(
    db_url: str | None,
    person: UUID | None,
    as_json: bool,
    table: "Callable[[Sequence[Any]], RenderableType]",
    function: str,
    *,
    key: str,
    most: int,
    **arguments: Any,
) -> None:
    from pypot_cli.compliance import desk, tables
    from pypot_cli.screen import Screen

    with desk.opened(db_url, person) as opened:
        rows = list(opened.all_rows(function, key=key, page_size=100, most=most, **arguments))
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        tables.show(Screen().result, table(rows))


def _print_verdict(verdict: "Verdict") -> None:
    from rich.table import Table
    from rich.text import Text

    from pypot_cli.screen import Screen

    console = Screen().result
    table = Table("check", "outcome", "with", title=f"Export {verdict.manifest.get('export_id')}")
    for check in verdict.checks:
        style = "green" if check.outcome == "ok" else "bold red"
        table.add_row(
            Text(check.name), Text(check.outcome, style), Text(check.detail, overflow="fold")
        )
    console.print(table)
    console.print(
        Text("valid", "bold green") if verdict.valid else Text("not valid", style="bold red")
    )


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
