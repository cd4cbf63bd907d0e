"""The commands about events: `pypot events tail`, `export` and `schema`."""

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pypot_cli.cli_options import DatabaseUrl
from pypot_cli.events.export import Format

if TYPE_CHECKING:
    from pypot_cli.events.export import Exported, Selection
    from pypot_cli.events.reader import Event, Reader

app = typer.Typer(help="What happens, as events: watch, export, describe.", no_args_is_help=True)

Kinds = Annotated[
    str | None,
    typer.Option(metavar="KIND,…", help="Of these kinds only, by commas.", show_default="all"),
]


@app.command()
def tail(
    kinds: Kinds = None,
    after: Annotated[
        int | None,
        typer.Option(min=0, metavar="POSITION", help="Everything after it, instead of the last."),
    ] = None,
    last: Annotated[int, typer.Option(min=0, help="How many of the last events.")] = 10,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what comes, until stopped.")
    ] = False,
    every: Annotated[
        float, typer.Option(min=0.05, metavar="SECONDS", help="How often --follow looks.")
    ] = 0.5,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
    db_url: DatabaseUrl = None,
) -> None:
    """Print the last events, or those after a position, in order of position.

    Reads as role pot_events and acknowledges nothing, so no consumer misses any. With --follow it
    ends by SIGINT.

    Exit codes: 0 printed; 1 the database cannot be used, or there is no such kind; 130 stopped.
    """
    with _reader(db_url, kinds) as reader:
        try:
            if after is not None:
                for page in reader.until(after, end := reader.end()):
                    _print(page, as_json)
                position = max(after, end)
            else:
                position = reader.end()
                shown = reader.last(last)
                _print(shown, as_json)
                position = max([position, *(event["position"] for event in shown)])
            if follow:
                for event in reader.follow(position, every):
                    _print([event], as_json)
        except KeyboardInterrupt:
            raise typer.Exit(130) from None


@app.command()
def export(
    out: Annotated[
        Path,
        typer.Option(metavar="PATH", help="A file for jsonl, a directory of files for parquet."),
    ],
    file_format: Annotated[Format, typer.Option("--format", help="How.")] = Format.JSONL,
    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Written then or later.")
    ] = None,
    before: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Written before then.")
    ] = None,
    kinds: Kinds = None,
    db_url: DatabaseUrl = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Write events to a file, and go on where one ends that was written before.

    Times are ISO 8601, UTC without a zone. Parquet needs PyArrow (the extra named parquet): its
    files are read together as one table, data is JSON text. Reads as role pot_events and
    acknowledges nothing.

    Exit codes: 0 written; 1 not, or there is no such kind; 2 a wrong time, or PATH holds something
    else; 130 stopped, and what was written stays.
    """
    from pypot_cli.events.export import Selection, read_time

    selection = Selection(
        tuple(_split(kinds)),
        read_time(since) if since else None,
        read_time(before) if before else None,
    )
    with _reader(db_url, kinds) as reader:
        try:
            done = _with_progress(reader, selection, file_format, out)
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
    if as_json:
        shown = {"events": done.events, "after": done.after, "position": done.position}
        typer.echo(json.dumps(shown))
    else:
        typer.echo(f"{done.events} events, after position {done.after} up to {done.position}")


@app.command()
def schema(
    kind: Annotated[str | None, typer.Argument(show_default="their names")] = None,
    version: Annotated[int | None, typer.Option(min=1, show_default="the newest")] = None,
) -> None:
    """Print the JSON Schema of a kind of event in one piece, or which kinds there are.

    It describes the whole event, as tail --json and export have it; webhooks send its data, and
    more, in an envelope of their own (docs/webhooks.md).

    Exit codes: 0 printed; 1 there is no such kind or version.
    """
    from pypot_cli.errors import PypotError
    from pypot_cli.events import registry

    if kind is None:
        typer.echo("\n".join(registry.kinds()))
        return
    versions = {each: found for (name, each), found in registry.schemas().items() if name == kind}
    if not versions or version not in (None, *versions):
        raise PypotError(f"no such kind or version of event: {kind} (pypot events schema)")
    found = versions[version or max(versions)]
    typer.echo(json.dumps(registry.bundled(found), indent=2, ensure_ascii=False))


def _split(kinds: str | None) -> list[str]:
    return [kind.strip() for kind in (kinds or "").split(",") if kind.strip()]


@contextlib.contextmanager
def _reader(db_url: str | None, kinds: str | None) -> "Iterator[Reader]":
    from pypot_cli import rpc
    from pypot_cli.events.reader import Reader

    with rpc.Api(rpc.login_url(rpc.database_url(db_url))) as api:
        yield Reader(api, _split(kinds))


def _print(events: "Iterable[Event]", as_json: bool) -> None:
    for event in events:
        if as_json:
            typer.echo(json.dumps(event, ensure_ascii=False))
            continue
        data = json.dumps(event["data"], ensure_ascii=False)
        pot = (event["pot_id"] or "-")[:8]
        typer.echo(
            f"{event['position']:>8}  {event['created_at']}  {event['kind']:<24} {pot}  {data}"
        )
    sys.stdout.flush()


def _with_progress(
    reader: "Reader", selection: "Selection", file_format: Format, out: Path
) -> "Exported":
    from rich.console import Console
    from rich.progress import Progress

    from pypot_cli.events.export import export as write

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("events", total=None)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        return write(reader, selection, file_format, out, told)
