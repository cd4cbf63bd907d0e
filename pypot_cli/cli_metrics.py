"""The commands about what is measured: `pypot metrics`, `pypot simulate day`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pypot_cli.cli_options import AsJson, DatabaseUrl, interrupted

if TYPE_CHECKING:
    from pypot_cli.monitor import Answer
    from pypot_cli.rpc import Calls

app = typer.Typer()
simulate_app = typer.Typer(help="Play time through a fresh database.", no_args_is_help=True)
app.add_typer(simulate_app, name="simulate")


@app.command()
def metrics(
    db_url: DatabaseUrl = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Answer /metrics there until stopped; 0 takes any free port.",
            show_default="print once",
        ),
    ] = None,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where --port listens.")] = (
        "127.0.0.1"
    ),
) -> None:
    """Show what the database counted, as Prometheus' text: joins, fill times, payouts, alerts.

    Acts as role pot_events. Each look asks the database once, which answers from its own counters
    and not from the entries. With --port it serves until SIGTERM or SIGINT, and answers 503 while
    the database is away. ops/ has a configuration and rules for Prometheus and a dashboard for
    Grafana.

    Exit codes: 0 shown, or ended as asked; 1 the database cannot be asked, or the port is taken.
    """
    import psycopg

    from pypot_cli import rpc
    from pypot_cli.errors import PypotError
    from pypot_cli.metrics import text

    with rpc.Api(rpc.login_url(rpc.database_url(db_url))) as calls:
        if port is not None:
            _serve(calls, port, host)
            return
        try:
            typer.echo(text(calls), nl=False)
        except psycopg.Error as error:
            raise PypotError(rpc.describe(error)) from None


def _serve(calls: "Calls", port: int, host: str) -> None:
    import psycopg
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_LATEST

    from pypot_cli import rpc
    from pypot_cli.errors import PypotError
    from pypot_cli.interrupts import SignalEvent, handled
    from pypot_cli.metrics import Metrics
    from pypot_cli.monitor import answering

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Metrics(calls))

    def page() -> "Answer":
        try:
            return 200, CONTENT_TYPE_LATEST, generate_latest(registry)
        except (PypotError, psycopg.Error) as error:
            return 503, "text/plain", f"{rpc.describe(error)}\n".encode()

    stopped = SignalEvent()
    with (
        handled(lambda *_: stopped.set()),
        answering({"/metrics": page}, port, host, "--port") as taken,
    ):
        typer.echo(f"http://{host}:{taken}/metrics")
        stopped.wait()


@simulate_app.command("day")
def simulate_day(
    players: Annotated[int, typer.Option(min=20, max=20_000, help="Who plays that day.")] = 2000,
    templates: Annotated[
        int, typer.Option(min=1, max=6, help="Templates, each with a pot open.")
    ] = 4,
    seed: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="The same is the same day.", show_default="new"),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw fill times there, a .png or .svg."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Simulate a day of players on a fresh PostgreSQL 17, and show what the metrics say of it.

    Visits are a Poisson process whose rate follows the hours of the day, with bursts; each join is
    a real call, and the orchestrator and the signer do the rest. The clock is the day's, so it
    takes minutes, and nothing is left of it. Templates are sized to fill in 30 s at the rate that
    is expected of the busiest hour. --plot needs Matplotlib (the extra named fraud).

    Exit codes: 0 every payout was correct, every invariant held and the metrics are what happened;
    1 not; 2 a wrong option; 130 interrupted. Whether 75% of pots at peak were full within 90 s is
    shown, and no reason to fail.
    """
    from pypot_cli import plots, simulate
    from pypot_cli.simulate import plot as picture

    if plot is not None:
        plots.check(plot)
    screen = simulate.Screen()
    with interrupted():
        report = simulate.run(simulate.Wanted(players, templates, seed), screen)
    if plot is not None:
        picture.draw(report, plot)
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2, default=str))
    else:
        screen.show(report)
    raise typer.Exit(0 if report.ok else 1)
