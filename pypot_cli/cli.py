"""The commands of `pypot`: options in, printing out. What they do lives in the other modules.

Each command imports what it needs, because all of it takes longer to import than most of them run.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pypot_cli import (
    cli_archive,
    cli_assure,
    cli_audit,
    cli_bench,
    cli_compliance,
    cli_events,
    cli_fraud,
    cli_metrics,
    cli_proof,
    cli_webhooks,
    config,
)
from pypot_cli.cli_options import (
    AsJson,
    DatabaseOrApiUrl,
    DatabaseUrl,
    MetricsHost,
    MetricsPort,
    Poll,
    interrupted,
)
from pypot_cli.errors import UnreadableInputError
from pypot_cli.keys import KeyPurpose

if TYPE_CHECKING:
    from collections.abc import Callable

    from pypot_cli import check as invariants

T = TypeVar("T")

app = typer.Typer(
    name="pypot",
    help="Community Pots: transparent pooled draws on PostgreSQL and Supabase.",
    no_args_is_help=True,
    # As text, each line of a docstring would stay a line at any width.
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
)

db_app = typer.Typer(help="Start, name and stop the embedded PostgreSQL 17.", no_args_is_help=True)
migrate_app = typer.Typer(help="Compile function files into migrations.", no_args_is_help=True)
keys_app = typer.Typer(help="Make, register and revoke keys.", no_args_is_help=True)
seeds_app = typer.Typer(help="Mint the commitments of pots to come.", no_args_is_help=True)

app.add_typer(db_app, name="db")
app.add_typer(migrate_app, name="migrate")
app.add_typer(keys_app, name="keys")
app.add_typer(seeds_app, name="seeds")
app.add_typer(cli_proof.app)
app.add_typer(cli_metrics.app)
app.add_typer(cli_audit.app, name="audit")
app.add_typer(cli_bench.app, name="bench")
app.add_typer(cli_events.app, name="events")
app.add_typer(cli_compliance.app, name="compliance")
app.add_typer(cli_archive.app, name="archive")
app.add_typer(cli_fraud.app, name="fraud")
app.add_typer(cli_webhooks.app, name="webhooks")
app.add_typer(cli_assure.app)
app.command("deliver")(cli_webhooks.deliver)


SeedStoreDir = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Keep each seed in an encrypted file there.",
        show_default="seeds come from the master key",
    ),
]
JournalFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Remember there which lock of each pot was answered for.",
        show_default="none: a restored database is believed",
    ),
]
Once = Annotated[bool, typer.Option("--once", help="Do what is due now, then end.")]
BeaconChain = Annotated[
    list[str] | None,
    typer.Option(
        metavar="INFO",
        help="A beacon to trust besides drand's quicknet: the file or URL of its /info. May be"
        " repeated.",
    ),
]
BeaconUrl = Annotated[
    list[str] | None,
    typer.Option(
        metavar="URL",
        help="Where to ask for rounds; what does not verify is not taken. May be repeated.",
        show_default="PYPOT_BEACON_URLS, else drand's own",
    ),
]


@app.command()
def orchestrate(
    db_url: DatabaseUrl = None,
    once: Once = False,
    poll: Poll = config.POLL_SECONDS,
    journal: JournalFile = None,
    beacon_chain: BeaconChain = None,
    beacon_url: BeaconUrl = None,
    checkpoint_every: Annotated[
        float | None,
        typer.Option(
            min=1,
            metavar="SECONDS",
            help="Make checkpoints of the audit log that often, and when a draw 2 needs one.",
            show_default="60 with --publish or --witness, else none",
        ),
    ] = None,
    publish: cli_audit.Destinations = None,
    witness: cli_audit.WitnessUrls = None,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = "127.0.0.1",
) -> None:
    """Keep pots open, lock them when due, and sign every lock that can be recomputed.

    Acts as role pot_orchestrator with the key that PYPOT_ORCHESTRATOR_KEY names (a file, env:NAME
    or cmd:COMMAND). The database wakes it; --poll is the safety net. A URL of role postgres logs in
    as authenticator, any other as it is. Where PYPOT_BEACON_KEY names a registered key of purpose
    beacon, it ends draws of version 2 as pypot beacon submit does. Checkpoints are made as by pypot
    audit checkpoint, with the key that PYPOT_LOG_KEY names. With --journal it signs no second lock
    of a pot, whatever a restored database has forgotten. Ends after the step under way on SIGTERM
    and SIGINT; logs JSON lines on stderr.

    Exit codes: 0 ended as asked; 1 with --once something was refused, or the database cannot be
    used; 2 no readable key, or no such beacon.
    """
    from pypot_cli import keys, lock_journal, orchestrator, rpc, service
    from pypot_cli.beacon import source, submitter

    keys.forbid_dumps()
    key = keys.load_secret_from("PYPOT_ORCHESTRATOR_KEY")
    options = service.Options(once, poll, metrics_port, metrics_host)
    chains = source.trusted(beacon_chain or ())
    raise typer.Exit(
        orchestrator.orchestrate(
            rpc.database_url(db_url),
            key,
            options,
            journal=lock_journal.open_journal(journal),
            chains=chains,
            beacons=submitter.configured(chains, source.urls(beacon_url)),
            publishing=cli_audit.publishing(checkpoint_every, publish, witness),
        )
    )


@app.command()
def settle(
    db_url: DatabaseOrApiUrl = None,
    once: Once = False,
    poll: Poll = config.POLL_SECONDS,
    stock: Annotated[
        int, typer.Option(min=0, help="Commitments to keep for pots to come; 0 makes none.")
    ] = config.STOCK,
    orchestrator_key: Annotated[
        list[str] | None,
        typer.Option(metavar="HEX", help="A public key you trust to lock. May be repeated."),
    ] = None,
    seed_store: SeedStoreDir = None,
    journal: JournalFile = None,
    instance: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Who holds the lease of a claimed pot; of no two running signers the same.",
            show_default="a new one each start",
        ),
    ] = None,
    beacon_chain: BeaconChain = None,
    beacon_url: BeaconUrl = None,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = "127.0.0.1",
) -> None:
    """Keep commitments in stock, and reveal the seed of every lock that can be recomputed.

    Acts as role pot_settlement with the keys that PYPOT_SETTLEMENT_KEY and PYPOT_SEED_MASTER_KEY
    name (files, env:NAME or cmd:COMMAND); with --seed-store, PYPOT_SEED_STORE_KEY instead of the
    latter, and whoever loses the directory loses its pots' seeds. With neither --db nor
    PYPOT_DB_URL, SUPABASE_URL is the API to call instead, with SUPABASE_KEY and tokens signed by
    PYPOT_JWT_SECRET. A lock that differs from its public entries, is not signed, or not signed by a
    pinned key, is refused with the reason and never revealed.

    A lock of draw 2 must also name a beacon that is trusted here, and by this machine's own clock
    its round must be more than 6 seconds away. Where PYPOT_BEACON_KEY names a registered key of
    purpose beacon, the signer ends draws of version 2 as pypot beacon submit does. With --journal
    it has a pot refunded whose seed it showed before, and that a database restored to an earlier
    moment has open or locked anew.

    Any number may run: a claimed pot is one signer's for a minute, or for half of its time for a
    reveal if that is less. With --instance a signer that was killed has its pots again as soon as
    it is back.

    Exit codes: 0 ended as asked; 1 with --once something was refused, or the database cannot be
    used; 2 no readable key, no such beacon, or a store of another key.
    """
    from pypot_cli import keys, lock_journal, service, settlement, transport
    from pypot_cli.beacon import source, submitter
    from pypot_cli.fairness import signing
    from pypot_cli.seed_store import open_seeds

    keys.forbid_dumps()
    key = keys.load_secret_from("PYPOT_SETTLEMENT_KEY")
    vault = open_seeds(seed_store)
    chains = source.trusted(beacon_chain or ())
    beacons = submitter.configured(chains, source.urls(beacon_url))
    calls, listening = transport.choose(db_url)
    raise typer.Exit(
        settlement.settle(
            calls,
            listening,
            key,
            vault,
            service.Options(once, poll, metrics_port, metrics_host),
            orchestrator_keys=[signing.read_public_key(each) for each in orchestrator_key or ()],
            stock=stock,
            journal=lock_journal.open_journal(journal),
            instance=instance,
            chains=chains,
            beacons=beacons,
        )
    )


beacon_app = typer.Typer()
app.add_typer(beacon_app, name="beacon")


@beacon_app.callback(invoke_without_command=True)
def beacon(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0 takes any free port.")
    ] = config.BEACON_PORT,
    key: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Its key, made if it is missing.",
            show_default=".pypot/keys/local-beacon.key",
        ),
    ] = None,
    period: Annotated[
        int, typer.Option(min=1, max=3600, help="Seconds between rounds.")
    ] = config.BEACON_PERIOD,
    genesis: Annotated[
        int,
        typer.Option(
            min=1, max=config.BEACON_LAST_GENESIS, metavar="UNIX", help="When round 1 is."
        ),
    ] = config.BEACON_GENESIS,
) -> None:
    """Serve a local beacon, end the draws that wait for one, or register one.

    Without a command: a beacon with a key of one's own, for development and tests only. It speaks
    drand's HTTP API on 127.0.0.1 and gives no round before its time. The same key, period and
    genesis are the same chain again. Whoever has the key knows what it will draw: production uses
    drand's quicknet. Prints address, chain hash and public key; serves until SIGTERM or SIGINT.

    Exit codes: 0 ended as asked; 1 the port is taken; 2 a wrong option or key file.
    """
    if context.invoked_subcommand is not None:
        return
    from pypot_cli import keys
    from pypot_cli.beacon.local import BeaconServer, LocalBeacon

    keys.forbid_dumps()
    file = key or config.STATE_DIR / "keys" / "local-beacon.key"
    secret = keys.load_secret(str(file)) if file.exists() else keys.write_new_secret(file)
    server = BeaconServer(LocalBeacon(secret, genesis_time=genesis, period=period), port)
    for name, value in server.describe().items():
        typer.echo(f"{name:<18}{value}")
    server.serve_until_stopped()


@beacon_app.command("submit")
def beacon_submit(
    db_url: DatabaseOrApiUrl = None,
    once: Once = False,
    poll: Poll = config.POLL_SECONDS,
    beacon_chain: BeaconChain = None,
    beacon_url: BeaconUrl = None,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = "127.0.0.1",
) -> None:
    """End draws of version 2: fetch the rounds they wait for, verify them, and hand them in.

    Acts as role pot_beacon with the key that PYPOT_BEACON_KEY names (a file, env:NAME or
    cmd:COMMAND), which must be registered for purpose beacon; any number of parties may. Both
    services do it too, where they are given such a key. With neither --db nor PYPOT_DB_URL,
    SUPABASE_URL is the API to call instead. Only what was computed again from the public entries
    and verifies by BLS is attested. While no endpoint has a round it waits, and nothing is
    cancelled.

    Exit codes: 0 ended as asked; 1 with --once something was refused, a round that is due could not
    be had for half a minute, or the database cannot be used; 2 no readable key, or no such beacon.
    """
    from pypot_cli import keys, service, transport
    from pypot_cli.beacon import source, submitter

    keys.forbid_dumps()
    beacons = submitter.Beacons(
        keys.load_secret_from("PYPOT_BEACON_KEY"),
        source.trusted(beacon_chain or ()),
        source.urls(beacon_url),
    )
    calls, listening = transport.choose(db_url)
    options = service.Options(once, poll, metrics_port, metrics_host)
    raise typer.Exit(submitter.submit(calls, listening, beacons, options))


@beacon_app.command("register")
def beacon_register(
    info: Annotated[
        str, typer.Argument(metavar="INFO", help="The file or URL of the chain's /info.")
    ],
    use: Annotated[
        bool, typer.Option("--use", help="Open pots of draw 2 on it from now on.")
    ] = False,
    db_url: DatabaseUrl = None,
) -> None:
    """Have the database know a beacon, and print its chain hash. Quicknet is known from the start.

    Acts as service_role. The same chain again changes nothing, and pots keep the chain that they
    were opened on. Exit codes: 0 done; 1 refused; 2 INFO cannot be read or describes no chain.
    """
    from pypot_cli import rpc
    from pypot_cli.beacon import registry, source

    chain = source.read_chain(info)
    registry.register(rpc.database_url(db_url), chain, use=use)
    typer.echo(chain.hash.hex())


@app.command()
def api(
    db_url: DatabaseUrl = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0 takes any free port.")
    ] = config.API_PORT,
    stream_db: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Stream realtime's messages from there; --db may then be a pooler.",
            show_default="--db",
        ),
    ] = None,
    read_db: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="A standby, to read for those who are not signed in.",
            show_default="none",
        ),
    ] = None,
) -> None:
    """Answer Supabase's clients over a database, for development, tests and demos only.

    Serves /rest/v1, /auth/v1 and /realtime/v1 on 127.0.0.1; production is Supabase. The database is
    any that has the Supabase layer, by a URL of role postgres: requests run as authenticator and
    who they are for. From a standby, which must be of the same roles, only reads of role anon are
    answered, with how old they may be in x-read-staleness, and none once that is over 10 s.
    PYPOT_JWT_SECRET replaces the well-known local secret. Prints the address and
    the keys, then logs JSON lines on stderr until SIGTERM or SIGINT.

    Exit codes: 0 ended as asked; 1 the database cannot be used, or the port is taken; 2 a wrong
    option, secret or key file.
    """
    from pypot_cli import rpc
    from pypot_cli.api import server as api_server

    server = api_server.prepare(
        rpc.database_url(db_url), port, stream_url=stream_db, read_url=read_db
    )
    for name, value in server.describe().items():
        typer.echo(f"{name:<18}{value}")
    server.serve_until_stopped()


@app.command()
def up(
    data_dir: Annotated[
        Path,
        typer.Option(help="Where the embedded server keeps its data.", show_default=".pypot/db"),
    ] = config.DEFAULT_DATA_DIR,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The API's; 0 takes any free port.")
    ] = config.API_PORT,
    db_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="The database's.", show_default="as db up"),
    ] = None,
    web_port: Annotated[
        int, typer.Option(min=0, max=65535, help="The lobby's; 0 takes any free port.")
    ] = config.WEB_PORT,
    no_web: Annotated[bool, typer.Option("--no-web", help="Leave the lobby out.")] = False,
) -> None:
    """Start everything for development: database, API, both services, lobby, three pots, a player.

    Prints the address, the anon key and the player's login, then logs JSON lines on stderr until
    SIGINT (Ctrl-C) or SIGTERM, and stops what it started; the data stay. Keys are made in
    .pypot/keys the first time. Never for production.

    Exit codes: 0 ended as asked; 1 something did not start, or ended by itself; 2 a wrong option.
    """
    from pypot_cli import up as everything

    raise typer.Exit(
        everything.up(data_dir, port, db_port, None if no_web else web_port, typer.echo)
    )


@app.command("web")
def web_command(
    api_url: Annotated[
        str,
        typer.Option(
            "--api", envvar="SUPABASE_URL", metavar="URL", help="The Supabase project, or the API."
        ),
    ] = f"http://127.0.0.1:{config.API_PORT}",
    api_key: Annotated[
        str | None,
        typer.Option(
            "--key",
            envvar="SUPABASE_KEY",
            metavar="KEY",
            help="Its anon or publishable key: pages carry it.",
            show_default="the local API's",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0 takes any free port.")
    ] = config.WEB_PORT,
) -> None:
    """Build the lobby when its sources changed, and serve it until SIGTERM or SIGINT.

    Prints its address. pypot up starts it with everything else.

    Exit codes: 0 ended as asked; 1 Node.js is missing or older than 20.19, the build failed, or the
    port is taken; 2 a wrong option.
    """
    from pypot_cli import web
    from pypot_cli.api import settings

    for address in web.serve(api_url, api_key or settings.LOCAL_PUBLISHABLE_KEY, port):
        typer.echo(f"{'lobby':<18}{address}")


@app.command()
def check(
    db_url: DatabaseUrl = None,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="F",
            help="Where the last check that held ended: look at what changed since, else at all.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove every invariant over the whole database: ledger, escrow, caps, chain, draws, proofs.

    Reads one snapshot and writes nothing to it. Needs a role that may read every table, as
    postgres. With --state it goes on from a check that held: it looks at every pot that had not
    ended an hour before that or of which the audit log tells since, and at the wallets that their
    credits moved; it names the invariants that it left out. What was altered in pots that ended
    earlier, or in wallets that nothing moved since, only the whole form finds; remove the file for
    that.

    Exit codes: 0 all hold; 1 some do not, and the rows that break them are named; 2 the database
    or the state cannot be read, or they do not belong together.
    """
    from pypot_cli import check as invariants
    from pypot_cli import rpc
    from pypot_cli.check.state import read_mark, write_mark

    url = rpc.database_url_to_read(db_url)
    before = read_mark(state) if state else None
    left_out: list[str] = []
    if before is None:
        outcomes, mark = _with_progress(
            len(invariants.checks()), lambda report: invariants.checked_database(url, report)
        )
    else:
        left_out = invariants.without_short_form()
        since = before
        found = _with_progress(
            len(invariants.short_checks()),
            lambda report: invariants.check_since(url, since, report),
        )
        outcomes, mark = list(found.outcomes), found.mark
    broken = [outcome for outcome in outcomes if not outcome.holds]
    if state and not broken:
        write_mark(state, mark)
    if as_json:
        report = {"ok": not broken, "checks": [outcome.as_json() for outcome in outcomes]}
        if before is not None:
            report |= {"since": before.at.isoformat(), "pots": found.pots, "left_out": left_out}
        typer.echo(json.dumps(report, indent=2))
    else:
        _print_outcomes(outcomes)
        if before is not None:
            typer.echo(f"looked at {found.pots} pots, those that changed since {before.at}")
            typer.echo(
                "left to the whole form: pots that ended before, wallets that nothing moved since, "
                f"and {', '.join(left_out)}"
            )
    raise typer.Exit(1 if broken else 0)


def _with_progress(
    steps: int, work: "Callable[[Callable[[int, invariants.Check], None]], T]"
) -> "T":
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("reading", total=steps)

        def report(index: int, current: "invariants.Check") -> None:
            progress.update(task, completed=index, description=current.name)

        return work(report)


def _print_outcomes(outcomes: "list[invariants.Outcome]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("check", "", "rows", "what holds", title="Invariants")
    for outcome in outcomes:
        mark = Text("ok", style="green") if outcome.holds else Text("BROKEN", style="bold red")
        table.add_row(outcome.name, mark, str(outcome.rows), Text(outcome.statement))
    console = Console()
    console.print(table)
    broken = [outcome for outcome in outcomes if not outcome.holds]
    for outcome in broken:
        for finding in outcome.findings:
            console.print(
                Text(f"{outcome.name}: {finding.subject}: {finding.problem}"), soft_wrap=True
            )
        if outcome.broken > len(outcome.findings):
            console.print(f"{outcome.name}: {outcome.broken - len(outcome.findings)} more")
    if broken:
        names = ", ".join(outcome.name for outcome in broken)
        console.print(Text(f"broken: {names}", style="bold red"), soft_wrap=True)
    else:
        console.print(Text(f"all {len(outcomes)} invariants hold", style="bold green"))


@app.command()
def demo(
    players: Annotated[int, typer.Option(min=5, max=5000, help="How many players.")] = 200,
    pots: Annotated[
        int, typer.Option(min=1, max=100, help="Pots that they fill, besides the scenes'.")
    ] = 12,
    proof_dir: Annotated[
        Path | None, typer.Option(metavar="D", help="Keep the settlement proofs there.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fill, draw, pay and verify real pots on a fresh PostgreSQL 17, then show what came of them.

    Hundreds of players join over real connections; two processes hold the only keys and seeds.
    Everything but the proofs in --proof-dir, and beacon.info for --beacon-chain of pypot verify, is
    removed at the end.

    Exit codes: 0 every check held; 1 some did not, and they are named; 130 interrupted.
    """
    from pypot_cli import demo as demonstration

    screen = demonstration.Screen()
    with interrupted():
        report = demonstration.run(players, pots, proof_dir, screen)
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2))
    else:
        screen.show(report)
    raise typer.Exit(0 if report.ok else 1)


@app.command()
def attack(
    draws: Annotated[int, typer.Option(min=100, max=1_000_000, help="Rounds of each.")] = 2000,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="last-look, seed-grinding, commit-swap, selective-abort, late-exclusion,"
            " entry-reordering, beacon-choice, backdating or uniformity. May be repeated.",
            show_default="all",
        ),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="The same plays the same rounds.", show_default="a new one"
        ),
    ] = None,
    as_json: AsJson = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the tables of docs/fairness.md.")
    ] = False,
) -> None:
    """Play the operator against both draws on a fresh PostgreSQL 17; count how often it wins.

    Rounds are drawn by the database's own functions while the operator bends what it can, and each
    move is made on real pots, to see what the system answers. Draw 1's numbers are what they are;
    draw 2's must not differ from fair, but for backdating without a witness, of which pypot verify
    says unwitnessed. Needs SciPy (the extra named attack).

    Exit codes: 0 fair, and every move answered as it must be; 1 not, and what is not is named; 2 no
    such attack; 130 interrupted.
    """
    from pypot_cli import attack as attacks

    screen = attacks.Screen()
    with interrupted():
        report = attacks.run(draws, only or (), seed, screen)
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2))
    elif as_markdown:
        typer.echo(attacks.markdown(report))
    else:
        screen.show(report)
    raise typer.Exit(0 if report.ok else 1)


@keys_app.command("new")
def keys_new(
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write it. [default: .pypot/keys/PURPOSE.key]"),
    ] = None,
    purpose: Annotated[
        KeyPurpose | None,
        typer.Option(help="What it is for; without it, the kid of each purpose is printed."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="For a log, its origin; for a witness, its name, such as w.example/1."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a secret in a file that only you can read, and print its public half.

    The file (mode 0600) holds 32 random bytes as 64 hex digits: an Ed25519 private key, the master
    key of the seeds, or the key of their store. It is never printed and no file is overwritten. The
    public half of a log's or a witness's key is a vkey: its name, key id and key in one line.

    Exit codes: 0 made; 1 not, because the file exists or cannot be written; 2 a wrong option.
    """
    from pypot_cli import keys

    if purpose is not None and purpose.is_named:
        keys.require_name(purpose, name)
    file = out or config.STATE_DIR / "keys" / f"{purpose or 'signing'}.key"
    shown = keys.describe_key(file, keys.write_new_secret(file), purpose, name)
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
    else:
        for name, value in shown.items():
            typer.echo(f"{name:<18}{value}")


@keys_app.command("register")
def keys_register(
    purpose: Annotated[KeyPurpose, typer.Option(help="What it may sign.")],
    public_key: Annotated[str, typer.Argument(metavar="HEX", help="The public half.")],
    db_url: DatabaseUrl = None,
) -> None:
    """Have the database trust a public key, and print its kid.

    Acts as service_role. The same key again changes nothing. Exit codes: 0 done; 1 refused; 2 no
    key.
    """
    from pypot_cli import key_registry, rpc
    from pypot_cli.fairness import signing

    key = signing.read_public_key(public_key)
    typer.echo(key_registry.register(rpc.database_url(db_url), purpose, key))


@keys_app.command("rotate")
def keys_rotate(
    purpose: Annotated[KeyPurpose, typer.Option(help="Whose key.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write the new one.")],
    db_url: DatabaseUrl = None,
) -> None:
    """Make a new key, have the database trust it, and print its public half and kid.

    The old key stays good until pypot keys revoke, so the service can be restarted with the new one
    in between and no pot waits. Acts as service_role. Exit codes: 0 done; 1 not made, or refused;
    2 seed-master or seed-store, which sign nothing: their pots need them until they are settled.
    """
    from pypot_cli import key_registry, keys, rpc
    from pypot_cli.fairness import signing

    if not purpose.signs:
        raise UnreadableInputError(f"a {purpose} is not registered: make a new one by keys new")
    shown = keys.describe_key(out, keys.write_new_secret(out), purpose)
    public_key = signing.read_public_key(shown["public_key"])
    kid = key_registry.register(rpc.database_url(db_url), purpose, public_key)
    for name, value in {"file": str(out), "public_key": shown["public_key"], "kid": kid}.items():
        typer.echo(f"{name:<18}{value}")
    typer.echo("restart the service with it, then run pypot keys revoke with the old kid", err=True)


@keys_app.command("revoke")
def keys_revoke(
    kid: Annotated[str, typer.Argument(metavar="KID", help="The key to trust no more.")],
    reason: Annotated[str, typer.Option(help="Why, for the record.")],
    db_url: DatabaseUrl = None,
) -> None:
    """Have the database accept nothing new by a key; what it signed before stays valid.

    Acts as service_role. Exit codes: 0 done; 1 refused.
    """
    from pypot_cli import key_registry, rpc

    key_registry.revoke(rpc.database_url(db_url), kid, reason)
    typer.echo(f"revoked {kid}")


@seeds_app.command("mint")
def seeds_mint(
    count: Annotated[int, typer.Argument(min=1, max=100_000, help="How many.")] = 1,
    db_url: DatabaseUrl = None,
    store: SeedStoreDir = None,
) -> None:
    """Put commitments to new seeds into the stock that pots are opened on.

    Acts as role pot_settlement; every seed comes from the master key that PYPOT_SEED_MASTER_KEY
    names or, with --store, is drawn and kept there, sealed with PYPOT_SEED_STORE_KEY's. pypot
    settle does this by itself. Exit codes: 0 done; 1 refused, or not kept; 2 no readable key, or a
    store of another key.
    """
    from pypot_cli import keys, rpc, settlement
    from pypot_cli.seed_store import open_seeds

    keys.forbid_dumps()
    stock = settlement.mint(rpc.database_url(db_url), open_seeds(store), count)
    typer.echo(f"{count} commitments added; {stock} in stock")


@migrate_app.command("build")
def migrate_build(
    name: Annotated[str, typer.Argument(help="Lower-case words joined by _: what changed.")],
    at: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Fourteen digits instead of the time.")
    ] = None,
) -> None:
    """Compile changed function files into the next migration (exit 1: they cannot be compiled)."""
    from pypot_cli.migrations import build as migrations_build
    from pypot_cli.migrations import tree as migrations_tree

    built = migrations_build.build(migrations_tree.default_root(), name, at)
    if built is None:
        typer.echo("nothing to do: the migrations hold every function file as it is")
        return
    for source in built.sources:
        typer.echo(source)
    typer.echo(f"supabase/migrations/{built.file}: {len(built.sources)} functions")


@migrate_app.command("sum")
def migrate_sum() -> None:
    """Add a line to migrations.sum for each migration that has none; never change one."""
    from pypot_cli.migrations import build as migrations_build
    from pypot_cli.migrations import tree as migrations_tree

    added = migrations_build.add_missing_sums(migrations_tree.default_root())
    for file in added:
        typer.echo(file)
    typer.echo(f"{len(added)} sums added")


@migrate_app.command("check")
def migrate_check(
    json_output: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False,
) -> None:
    """Prove that migrations, their sums and the function files agree (exit 1: they do not)."""
    from pypot_cli.migrations import check as migrations_check
    from pypot_cli.migrations import tree as migrations_tree

    tree = migrations_tree.Tree(migrations_tree.default_root())
    findings = migrations_check.check(tree)
    if json_output:
        typer.echo(json.dumps({"ok": not findings, "findings": [asdict(f) for f in findings]}))
    else:
        for finding in findings:
            typer.echo(str(finding))
        counts = f"{len(tree.migrations)} migrations and {len(tree.functions)} function files"
        typer.echo(f"{counts} agree" if not findings else f"{counts}: {len(findings)} findings")
    if findings:
        raise typer.Exit(1)


@migrate_app.command("apply")
def migrate_apply(
    db_url: DatabaseUrl = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False,
) -> None:
    """Apply pending migrations as the Supabase CLI would (exit 1: refused or failed)."""
    from pypot_cli import rpc
    from pypot_cli.migrations import apply as migrations_apply

    applied = migrations_apply.apply_to(rpc.database_url(db_url))
    if json_output:
        typer.echo(json.dumps({"applied": applied}))
        return
    for version in applied:
        typer.echo(version)
    typer.echo(f"{len(applied)} migrations applied" if applied else "nothing pending")


DataDir = Annotated[
    Path,
    typer.Option(help="Where the embedded server keeps its data.", show_default=".pypot/db"),
]


@db_app.command("up")
def db_up(
    data_dir: DataDir = config.DEFAULT_DATA_DIR,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="0 takes any free port.",
            show_default="the one it had before, at first 54322",
        ),
    ] = None,
) -> None:
    """Start PostgreSQL 17, apply the Supabase layer and the migrations.

    The last line printed is the URL of role postgres. Run again, it answers the same. A server that
    was killed, a stale lock file and a directory left half-made by it are repaired. With
    PYPOT_DB_URL set, no server is started: that database gets what it lacks.

    Exit codes: 0 ready; 1 not, and the message says what to do (a busy port, a directory that is
    not its own, another version's data); 2 a wrong option or an unreadable PYPOT_DB_URL.
    """
    from pypot_cli import db

    typer.echo(db.up(data_dir, port))


@db_app.command("url")
def db_url(
    data_dir: DataDir = config.DEFAULT_DATA_DIR,
    admin: Annotated[bool, typer.Option("--admin", help="The superuser's instead.")] = False,
) -> None:
    """Print the URL of role postgres of the running server.

    Exit codes: 0 printed; 1 no server runs; 2 a wrong option or an unreadable PYPOT_DB_URL.
    """
    from pypot_cli import db

    typer.echo(db.url(data_dir, admin=admin))


@db_app.command("down")
def db_down(data_dir: DataDir = config.DEFAULT_DATA_DIR) -> None:
    """Stop the embedded server; its data stay.

    Exit codes: 0 stopped, or it did not run; 1 it could not be stopped, or PYPOT_DB_URL names a
    server that pypot did not start; 2 a wrong option.
    """
    from pypot_cli import db

    typer.echo("stopped" if db.down(data_dir) else "no server was running", err=True)
