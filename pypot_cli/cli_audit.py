"""The commands about the audit log: `pypot audit checkpoint`, `verify` and `witness`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pypot_cli.cli_options import AsJson, DatabaseUrl
from pypot_cli.errors import UnreadableInputError

if TYPE_CHECKING:
    from pypot_cli.audit_log.checkpoint import Made
    from pypot_cli.audit_log.state import State
    from pypot_cli.audit_log.timer import Publishing
    from pypot_cli.audit_log.verify import Outside, Report
    from pypot_cli.fairness.note import VerifierKey

app = typer.Typer(help="Checkpoints of the audit log: make, cosign, verify.", no_args_is_help=True)

Destinations = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FILE|DIR/|URL|cmd:COMMAND",
        help="Where to publish checkpoints outside the database: a file; a directory, which gets"
        " every leaf too (C2SP tlog-tiles); an address, by PUT; or a command's stdin. May be"
        " repeated.",
    ),
]
WitnessUrls = Annotated[
    list[str] | None,
    typer.Option(
        metavar="URL", help="A witness to ask for its cosignature (C2SP). May be repeated."
    ),
]


def publishing(
    every: float | None, to: list[str] | None, witnesses: list[str] | None
) -> "Publishing | None":
    """Return what the options of a service ask for; None when they ask for no checkpoints."""
    from pypot_cli import keys
    from pypot_cli.audit_log import timer
    from pypot_cli.audit_log.destinations import destination
    from pypot_cli.audit_log.witnesses import check_addresses

    if every is None and not to and not witnesses:
        return None
    check_addresses(witnesses or ())
    return timer.Publishing(
        keys.load_secret_from("PYPOT_LOG_KEY"),
        tuple(witnesses or ()),
        tuple(destination(each) for each in to or ()),
        every or timer.EVERY_SECONDS,
    )


@app.command()
def checkpoint(
    to: Destinations = None,
    witness: WitnessUrls = None,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make a checkpoint of the audit log: signed, cosigned, kept and published.

    Acts as role pot_orchestrator with the key that PYPOT_LOG_KEY names (a file, env:NAME or
    cmd:COMMAND). The log's vkey is printed, for witnesses. Nothing is signed when a file or
    directory holds a checkpoint that this log does not continue.

    Exit codes: 0 made, and at every witness and destination; 1 not, and what failed is named; 2 no
    readable key, or a wrong option.
    """
    from pypot_cli import keys, rpc
    from pypot_cli.audit_log import timer

    keys.forbid_dumps()
    wanted = publishing(timer.EVERY_SECONDS, to, witness)
    assert wanted is not None
    made = timer.checkpoint(rpc.login_url(rpc.database_url(db_url)), wanted)
    typer.echo(json.dumps(made.as_json(), indent=2) if as_json else _made(made))
    for problem in made.problems:
        typer.echo(f"pypot: {problem}", err=True)
    raise typer.Exit(1 if made.problems else 0)


def _made(made: "Made") -> str:
    shown = {
        "origin": made.checkpoint.origin,
        "vkey": made.vkey,
        "size": made.checkpoint.size,
        "root": made.checkpoint.root.hex(),
        "cosignatures": made.cosignatures,
    }
    return "\n".join(f"{name:<18}{value}" for name, value in shown.items())


@app.command()
def verify(
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A checkpoint kept outside. May be repeated."),
    ] = None,
    tiles: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR", help="A copy of the log (C2SP tlog-tiles), which names every leaf."
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Go on from what was verified before, and remember what is verified now.",
        ),
    ] = None,
    log_key: Annotated[
        list[str] | None,
        typer.Option(metavar="VKEY", help="Checkpoints must be signed by it. May be repeated."),
    ] = None,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Recompute the audit log from its rows, and compare it with what is kept outside.

    Names rows that were edited, deleted, inserted, swapped, appended, cut off or forked, an older
    copy of the database, and another database; after all hashes were made anew too, as far as a
    checkpoint or a copy outside reaches. With --state what is new costs what is new, and rows that
    were verified before are not read again. Needs a role that may read every table, as postgres.

    Exit codes: 0 sound; 1 not, and what was found is named; 2 something cannot be read.
    """
    from pypot_cli import rpc
    from pypot_cli.audit_log import verify as verification
    from pypot_cli.audit_log.state import read_state, write_state

    kept = verification.outside(checkpoint or (), tiles or ())
    keys = [read_vkey(each) for each in log_key or ()]
    before = read_state(state) if state else None
    report = _with_progress(rpc.database_url_to_read(db_url), kept, before, keys)
    if report.sound and state:
        write_state(state, report.state)
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2))
    else:
        _print(report)
    raise typer.Exit(0 if report.sound else 1)


def read_vkey(text: str) -> "VerifierKey":
    """Return the key that a vkey spells. Raises UnreadableInputError if it is none."""
    from pypot_cli.fairness import note

    try:
        return note.read_vkey(text)
    except ValueError as error:
        raise UnreadableInputError(str(error)) from None


def _with_progress(
    url: str, kept: "list[Outside]", before: "State | None", keys: "list[VerifierKey]"
) -> "Report":
    from rich.console import Console
    from rich.progress import Progress

    from pypot_cli.audit_log import verify as verification

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("recomputing", total=None)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        return verification.verify(url, kept, before, keys, told)


def _print(report: "Report") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if report.findings:
        table = Table("kind", "what", "problem", title=f"Audit log {report.origin}")
        for kind, subject, problem in report.findings:
            table.add_row(
                Text(kind, style="bold red"),
                Text(subject, overflow="fold"),
                Text(problem, overflow="fold"),
            )
        console.print(table)
        if report.more:
            console.print(f"{report.more} more")
        console.print(Text("not sound", style="bold red"))
        return
    since = f", from leaf {report.start} on" if report.start else ""
    compared = f"{report.checkpoints} kept outside" if report.checkpoints else "none kept outside"
    console.print(
        Text(f"{report.origin}: {report.size} leaves are sound{since}", style="bold green")
    )
    console.print(
        f"checkpoints compared: {compared}; rows waiting for the log: {report.waiting};"
        f" {report.seconds:.1f} s"
    )
    if not report.checkpoints:
        console.print("Without one from outside, an owner who made all hashes anew is not seen.")


@app.command()
def witness(
    key: Annotated[
        Path, typer.Option(metavar="FILE", help="Its key, by pypot keys new --purpose witness.")
    ],
    name: Annotated[str, typer.Option(help="Its name, as it was given to that command.")],
    state: Annotated[Path, typer.Option(metavar="FILE", help="What it saw; back it up.")],
    log: Annotated[
        list[str], typer.Option(metavar="VKEY", help="A log to witness. May be repeated.")
    ],
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 7380,
) -> None:
    """Cosign the checkpoints of others' logs, and only what continues what was seen of them.

    Answers POST /add-checkpoint (c2sp.org/tlog-witness) until SIGTERM or SIGINT. The state is on
    the disk before a cosignature leaves. Put it behind a server that speaks https. Prints its vkey
    and address first.

    Exit codes: 0 ended as asked; 1 the port is taken, or another process has the state; 2 a key, a
    vkey or a state that cannot be read.
    """
    from pypot_cli import keys
    from pypot_cli.audit_log import witness as witnessing

    keys.forbid_dumps()
    secret = keys.load_secret(str(key))
    keys.require_name(keys.KeyPurpose.WITNESS, name)
    logs = [read_vkey(each) for each in log]
    with witnessing.held(state):
        made = witnessing.Witness(name, secret, logs, state)

        def ready(listens_on: int) -> None:
            typer.echo(f"{'vkey':<18}{made.vkey}")
            typer.echo(f"{'url':<18}http://{host}:{listens_on}")

        witnessing.serve(made, host, port, ready)
