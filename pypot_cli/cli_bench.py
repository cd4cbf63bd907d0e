"""The commands of `pypot bench`: each measures on a throwaway server of its own."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer

from pypot_cli.cli_options import AsJson, interrupted

app = typer.Typer(
    help="Measure on a fresh database.\n\nWhere a call is refused, or the database fails, a"
    " benchmark ends with exit code 1 and one line that says which and what to do; it reports"
    " nothing then.",
    no_args_is_help=True,
)

_AGAIN = "nothing of it is left: run it again, smaller (see --help) or with less beside it"


def _bench(
    run: Callable[[Callable[[str], None]], dict[str, Any]],
    table: Callable[[dict[str, Any]], str],
    as_json: bool,
) -> None:
    """Run a benchmark, print what it reports, and end with 0 if that is `ok`.

    Raises PypotError when a call is refused or the database fails, in a lane or before it.
    """
    import psycopg

    from pypot_cli import rpc
    from pypot_cli.errors import PypotError
    from pypot_cli.interrupts import terminated_as_interrupted

    try:
        with interrupted(), terminated_as_interrupted():
            report = run(lambda text: typer.echo(text, err=True))
    except (rpc.RpcError, psycopg.Error) as error:
        # Where it is measured, what is called is not wrapped.
        refused = rpc.raised(error) if isinstance(error, psycopg.Error) else error
        what = "a call that was refused" if refused else "an error of the database"
        why = rpc.describe(refused or error)
        raise PypotError(f"the benchmark ended with {what}: {why}; {_AGAIN}") from None
    typer.echo(json.dumps(report, indent=2) if as_json else table(report))
    raise typer.Exit(0 if report["ok"] else 1)


@app.command("rotation")
def bench_rotation(
    pots: Annotated[int, typer.Option(min=3, max=10_000, help="Pots to fill and settle.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Rotate three templates unattended; measure fill times, gaps and lock to settled.

    A gap is the time from a pot's lock to the opening of the one that follows it. Exit codes: 0
    every pot settled and every invariant held; 1 not; 130 interrupted.
    """
    from pypot_cli.bench import rotation

    _bench(lambda say: rotation.run(pots, say), rotation.table, as_json)


@app.command("guards")
def bench_guards(
    joins: Annotated[int, typer.Option(min=25, max=100_000, help="Joins in each variant.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Measure what limits cost a join: none set, every guard rail set, a player's own besides.

    The three are interleaved, a join of each in turn. Exit codes: 0 every join succeeded and every
    invariant held; 1 not.
    """
    from pypot_cli.bench import guards

    _bench(lambda say: guards.run(joins, say), guards.table, as_json)


@app.command("joins")
def bench_joins(
    seconds: Annotated[
        float, typer.Option(min=0.5, max=600, help="Of each run, after a warm-up.")
    ] = 3,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Runs of each lane.")] = 3,
    players: Annotated[int, typer.Option(min=1, max=100_000, help="Who join.")] = 5000,
    scale: Annotated[int, typer.Option(min=1, max=1000, help="Of TPC-B-like, as pgbench's.")] = 32,
    no_keys: Annotated[
        bool, typer.Option("--no-keys", help="Join without idempotency keys.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure joins a second, into one pot and over 100, beside TPC-B-like and other designs.

    A join is a request as PostgREST makes it, with every guard rail set. A batch is a
    call of join_pots with 100 joins, of which its latency is. The naive join locks the pot's row
    first; pgledger-like is a transfer between two accounts. All run on one server in
    turns, with 1, 8 and 32 clients; ratios are of runs in one round. WAL is told as bytes of
    records. Takes rounds x (seconds + 2) x 30 and a minute. Exit codes: 0 every join succeeded and
    every invariant held, whether or not goals are met; 1 not; 130 interrupted.
    """
    from pypot_cli.bench import joins

    size = joins.Size(seconds, rounds, players, scale, not no_keys)
    _bench(lambda say: joins.run(size, say), joins.table, as_json)


@app.command("api")
def bench_api(
    seconds: Annotated[float, typer.Option(min=1, max=600, help="Of each run.")] = 5,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Runs of each kind.")] = 3,
    players: Annotated[int, typer.Option(min=1, max=100_000, help="Who join.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Measure joins through pypot api, by wrk and by supabase-js, beside an empty call.

    1, 8 and 32 clients join one pot; API, clients and database share this machine. Needs wrk and
    Node.js. Exit codes: 0 every request succeeded and every invariant held; 1 not, or a program is
    missing; 130 interrupted.
    """
    from pypot_cli.bench import api

    _bench(lambda say: api.run(api.Size(seconds, rounds, players), say), api.table, as_json)


@app.command("fanout")
def bench_fanout(
    seconds: Annotated[float, typer.Option(min=1, max=600, help="Of each run.")] = 4,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Runs of each kind.")] = 2,
    joins: Annotated[int, typer.Option(min=1, max=1000, help="Offered a second.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Watch one pot with 1, 100 and 1,000 sockets; measure how late events arrive.

    A socket's event counts from the join's own time, before its commit. Joins are offered at a
    steady rate, and then made by 8 clients as fast as they can, each with and without the sockets;
    API, sockets and database share this machine. Exit codes: 0 every event arrived and every
    invariant held; 1 not; 130 interrupted.
    """
    from pypot_cli.bench import fanout

    size = fanout.Size(seconds, rounds, joins)
    _bench(lambda say: fanout.run(size, say), fanout.table, as_json)


@app.command("fill")
def bench_fill(
    minutes: Annotated[float, typer.Option(min=0.1, max=120, help="Of the peak to play.")] = 5,
    players: Annotated[int, typer.Option(min=100, max=200_000, help="Who play that day.")] = 5000,
    templates: Annotated[int, typer.Option(min=1, max=20, help="Pots open at once.")] = 5,
    seed: Annotated[
        str | None,
        typer.Option(help="The same wishes again.", show_default="a new one each time"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play minutes of the peak over the API in real time; measure how fast pots fill.

    The players are those of pypot simulate day; the services run beside. Tells the share of pots
    that filled within 90 s, and how much of their time the system added: the wait for the answer
    that filled a pot, and the time until the next one was open. Exit codes: 0 every join was
    answered and every invariant held, whether or not goals are met; 1 not; 130 interrupted.
    """
    from pypot_cli.bench import fill

    size = fill.Size(minutes, players, templates, seed)
    _bench(lambda say: fill.run(size, say), fill.table, as_json)


@app.command("cost")
def bench_cost(
    pots: Annotated[int, typer.Option(min=1, max=10_000, help="Pots to fill and settle.")] = 100,
    tickets: Annotated[int, typer.Option(min=4, max=10_000, help="Of each pot.")] = 100,
    players: Annotated[int, typer.Option(min=1, max=100_000, help="Who join.")] = 2000,
    as_json: AsJson = False,
) -> None:
    """Measure what a join and a settled pot cost: disk, WAL, and CPU of the database.

    Joins are of one ticket, with every guard rail set. Messages of realtime are told apart, since
    Supabase keeps them for days only. Exit codes: 0 every pot settled and every invariant held; 1
    not; 130 interrupted.
    """
    from pypot_cli.bench import cost

    _bench(lambda say: cost.run(cost.Size(pots, tickets, players), say), cost.table, as_json)


@app.command("metrics")
def bench_metrics(
    entries: Annotated[
        int, typer.Option(min=100, max=100_000_000, help="Entries to make and count.")
    ] = 10_000_000,
    as_json: AsJson = False,
) -> None:
    """Ask every metric over millions of entries; measure how long each takes.

    The entries are made without guards on a fresh database, counted by rebuild_metrics, and asked
    for by the public functions. Ten million take some minutes and ten gigabytes. Exit codes: 0
    each median is below 200 ms and the joins counted are the entries; 1 not; 130 interrupted.
    """
    from pypot_cli.bench import metrics

    _bench(lambda say: metrics.run(entries, say), metrics.table, as_json)


@app.command("lock")
def bench_lock(
    largest: Annotated[
        int, typer.Option(min=100, max=1_000_000, help="Entries of the largest pot.")
    ] = 100_000,
    pots: Annotated[int, typer.Option(min=1, max=100, help="Of each size.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Take pots of 100 to LARGEST entries to their end; measure each step and how it grows.

    Sizes are powers of ten. Entries are made in bulk, as joins leave them; every step is the call
    that the services make: lock, scan for fraud, signature, claim, reveal; then a proof and
    receipts are asked for and verified. A million entries take some minutes. Exit codes: 0 every
    proof was valid and every invariant held, whether or not goals are met; 1 not; 130 interrupted.
    """
    from pypot_cli.bench import lock

    sizes = [10**power for power in range(2, 7) if 10**power <= largest]
    _bench(lambda say: lock.run(sizes, pots, say), lock.table, as_json)


@app.command("reads")
def bench_reads(
    pots: Annotated[
        int, typer.Option(min=400, max=10_000_000, help="Pots in the lobby.")
    ] = 1_000_000,
    entries: Annotated[
        int, typer.Option(min=100, max=1_000_000, help="Entries of one of them.")
    ] = 100_000,
    as_json: AsJson = False,
) -> None:
    """Read the lobby's pages, a large pot, every invariant and the audit log; measure each.

    Pots and entries are made in bulk, as the calls leave them. A million pots take some minutes.
    Exit codes: 0 every invariant held and the audit log verified, whether or not goals are met; 1
    not; 130 interrupted.
    """
    from pypot_cli.bench import reads

    _bench(lambda say: reads.run(pots, entries, say), reads.table, as_json)


@app.command("archive")
def bench_archive(
    pots: Annotated[int, typer.Option(min=4, max=10_000, help="Pots to play and archive.")] = 40,
    tickets: Annotated[int, typer.Option(min=4, max=10_000, help="Of each pot.")] = 50,
    players: Annotated[int, typer.Option(min=4, max=100_000, help="Who join.")] = 300,
    as_json: AsJson = False,
) -> None:
    """Play pots, archive and detach them; measure what vacuum has to do, what is freed, how long.

    Autovacuum looks each second, and the clock is set ahead once the pots are settled. Sizes are
    after vacuum full; bloat is what that frees. Every invariant is checked before, between and
    after. What is told of a day is multiplied from this. Exit codes: 0 every pot was archived and
    detached and every invariant held; 1 not; 130 interrupted.
    """
    from pypot_cli.bench import archive

    size = archive.Size(pots, tickets, players)
    _bench(lambda say: archive.run(size, say), archive.table, as_json)
