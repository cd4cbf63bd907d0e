"""The commands about webhooks: `pypot deliver` and `pypot webhooks`."""

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from pypot_cli import config
from pypot_cli.cli_options import AsJson, DatabaseUrl, MetricsHost, MetricsPort, Poll
from pypot_cli.errors import PypotError

if TYPE_CHECKING:
    from pypot_cli.rpc import Api
    from pypot_cli.webhooks.guard import Rules

app = typer.Typer(help="Who is told of events: add, rotate, look at, replay.", no_args_is_help=True)

WebhookId = Annotated[UUID, typer.Argument(metavar="ID", help="The webhook.")]
OneOrAll = Annotated[UUID | None, typer.Argument(metavar="[ID]", help="One webhook's.")]
AllowNetwork = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CIDR",
        help="Connect to addresses inside it too, such as 10.1.2.0/24. May be repeated.",
    ),
]
AllowPort = Annotated[
    list[int] | None,
    typer.Option(
        min=1, max=65535, metavar="PORT", help="Connect to it, besides 443. May be repeated."
    ),
]
AllowInsecure = Annotated[
    bool,
    typer.Option("--allow-insecure", help="Plain http:// too, and port 80. For development."),
]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", metavar="KIND", help="A kind of event. May be repeated."),
]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many rows.")]

_COLUMNS = ("delivery_id", "kind", "pot_id", "status", "attempts", "last_status", "last_error")


def deliver(
    db_url: DatabaseUrl = None,
    once: Annotated[
        bool, typer.Option("--once", help="Try what is due now once, then end.")
    ] = False,
    poll: Poll = config.POLL_SECONDS,
    concurrency: Annotated[
        int, typer.Option(min=1, max=500, help="Deliveries under way at once.")
    ] = 64,
    per_webhook: Annotated[
        int, typer.Option(min=1, max=100, help="Of these to one webhook; to one that fails, 1.")
    ] = 8,
    timeout: Annotated[
        float,
        typer.Option(min=0.1, max=600, metavar="SECONDS", help="How long a receiver may take."),
    ] = 15.0,
    allow_network: AllowNetwork = None,
    allow_port: AllowPort = None,
    allow_insecure: AllowInsecure = False,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = "127.0.0.1",
) -> None:
    """Deliver webhooks: signed, in order a pot, again until they are taken or a day has passed.

    Acts as role pot_webhooks. Connects to public addresses only, by HTTPS on port 443, whatever a
    name resolves to; takes no proxy from the environment and follows no redirection. Any number may
    run. What failed is tried again with growing pauses for 24 hours and is then a dead letter
    (pypot webhooks dead); a webhook that keeps failing rests and delays no other. Ends on SIGTERM
    and SIGINT after what is under way; logs JSON lines on stderr.

    Exit codes: 0 ended as asked; 1 with --once an attempt failed, or the database cannot be used; 2
    a wrong option.
    """
    from pypot_cli import rpc, service, wake
    from pypot_cli.webhooks import deliverer, sender

    login = rpc.login_url(rpc.database_url(db_url))
    how = deliverer.Delivering(
        rules(allow_network, allow_port, insecure=allow_insecure),
        concurrency,
        per_webhook,
        sender.Limits(min(5.0, timeout), timeout),
    )
    options = service.Options(once, poll, metrics_port, metrics_host)
    raise typer.Exit(deliverer.deliver(rpc.Api(login), wake.database(login), how, options))


def rules(networks: list[str] | None, ports: list[int] | None, *, insecure: bool) -> "Rules":
    """Return what the options allow to connect to."""
    from pypot_cli.webhooks import guard

    allowed = {443, *(ports or ()), *((80,) if insecure else ())}
    return guard.Rules(guard.read_networks(networks or ()), frozenset(allowed), insecure)


@app.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to send, by https.")],
    event: Events = None,
    min_prize: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="CREDITS", help="Of pot_settled and live_drop only prizes from there on."
        ),
    ] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    allow_network: AllowNetwork = None,
    allow_port: AllowPort = None,
    allow_insecure: AllowInsecure = False,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Tell an address of events from now on, and print the secret that signs them, this once.

    Without --event of every kind; with --min-prize alone, of large wins. The address is judged as
    pypot deliver would, so give it the same options. Acts as service_role.

    Exit codes: 0 done; 1 refused, or nothing may be sent there.
    """
    from pypot_cli.events.registry import require_kinds
    from pypot_cli.webhooks import lookup

    require_kinds(event or [])
    allowed = rules(allow_network, allow_port, insecure=allow_insecure)
    address = lookup.judge(url, allowed)
    with _api(db_url) as api:
        made = _call(
            api,
            "create_webhook",
            url=address,
            events=event,
            min_prize=min_prize,
            description=description,
        )
    _show(made, as_json=as_json)
    typer.echo("hand the secret to the receiver now: nobody can read it again", err=True)


@app.command("list")
def list_(db_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """List webhooks with what is pending and dead, and whether a failing one rests.

    Acts as service_role. Exit codes: 0 done; 1 refused.
    """
    with _api(db_url) as api:
        rows = _rows(api, "list_webhooks")
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    columns = ("webhook_id", "url", "events", "min_prize", "active", "circuit", "pending", "dead")
    _table("Webhooks", columns, rows)


@app.command()
def rotate(
    webhook_id: WebhookId,
    overlap: Annotated[
        int,
        typer.Option(
            min=0,
            max=2_592_000,
            metavar="SECONDS",
            help="How long the old secret signs too; 0 when it has leaked.",
        ),
    ] = 86_400,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make a webhook a new secret, and print it, this once; for a while both sign.

    Acts as service_role. Exit codes: 0 done; 1 refused.
    """
    with _api(db_url) as api:
        made = _call(api, "rotate_webhook_secret", webhook_id=webhook_id, overlap_seconds=overlap)
    _show(made, as_json=as_json)


@app.command()
def update(
    webhook_id: WebhookId,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Another address.")] = None,
    event: Events = None,
    all_events: Annotated[bool, typer.Option("--all-events", help="Every kind.")] = False,
    min_prize: Annotated[
        int | None, typer.Option(min=0, metavar="CREDITS", help="Another threshold; 0 is none.")
    ] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    allow_network: AllowNetwork = None,
    allow_port: AllowPort = None,
    allow_insecure: AllowInsecure = False,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Change what a webhook is told of, or where.

    Acts as service_role. Exit codes: 0 done; 1 refused, or nothing may be sent there.
    """
    from pypot_cli.events.registry import require_kinds
    from pypot_cli.webhooks import lookup

    require_kinds(event or [])
    allowed = rules(allow_network, allow_port, insecure=allow_insecure)
    with _api(db_url) as api:
        done = _call(
            api,
            "update_webhook",
            webhook_id=webhook_id,
            url=None if url is None else lookup.judge(url, allowed),
            events=[] if all_events else event,
            min_prize=min_prize,
            description=description,
        )
    _show(done, as_json=as_json)


@app.command()
def disable(webhook_id: WebhookId, db_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Send a webhook nothing more; of what happens until pypot webhooks enable it never hears.

    Acts as service_role. Exit codes: 0 done; 1 refused.
    """
    with _api(db_url) as api:
        _show(_call(api, "update_webhook", webhook_id=webhook_id, active=False), as_json=as_json)


@app.command()
def enable(webhook_id: WebhookId, db_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Send to a webhook again, what was pending first.

    Acts as service_role. Exit codes: 0 done; 1 refused.
    """
    with _api(db_url) as api:
        _show(_call(api, "update_webhook", webhook_id=webhook_id, active=True), as_json=as_json)


@app.command()
def deliveries(
    webhook_id: OneOrAll = None,
    status: Annotated[
        str | None, typer.Option(metavar="STATUS", help="pending, delivered or dead.")
    ] = None,
    limit: Limit = 50,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List deliveries, the newest first.

    Acts as service_role. Exit codes: 0 done; 1 refused.
    """
    _list_deliveries(webhook_id, status, limit, db_url, as_json=as_json)


@app.command()
def dead(
    webhook_id: OneOrAll = None,
    limit: Limit = 50,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List dead letters: what was tried for 24 hours in vain.

    Acts as service_role. Exit codes: 0 done; 1 refused.
    """
    _list_deliveries(webhook_id, "dead", limit, db_url, as_json=as_json)


@app.command()
def replay(
    webhook_id: WebhookId,
    delivery: Annotated[
        int | None, typer.Option(min=1, metavar="ID", help="This one, also if it was delivered.")
    ] = None,
    from_position: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Dead letters from a position of the outbox on."),
    ] = None,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Send dead letters again, all of a webhook's unless told otherwise, under the same ids.

    Acts as service_role. Exit codes: 0 done; 1 refused.
    """
    with _api(db_url) as api:
        done = _call(
            api,
            "replay_webhook",
            webhook_id=webhook_id,
            delivery_id=delivery,
            from_position=from_position,
        )
    _show(done, as_json=as_json)


@app.command("test")
def try_out(
    webhook_id: WebhookId,
    wait: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long to wait for pypot deliver.")
    ] = 30.0,
    db_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Have a running pypot deliver send a message of type webhook_test, and say how it went.

    Acts as service_role. Exit codes: 0 delivered; 1 refused, failed, or not tried in time.
    """
    with _api(db_url) as api:
        queued = _call(api, "test_webhook", webhook_id=webhook_id)
        deadline = time.monotonic() + wait
        while True:
            (row,) = _rows(
                api,
                "list_webhook_deliveries",
                webhook_id=webhook_id,
                after=queued["delivery_id"] + 1,
                page_size=1,
            )
            tried = row["status"] != "pending" or row["last_error"] is not None
            if tried or time.monotonic() > deadline:
                break
            time.sleep(0.2)
    _show({name: row[name] for name in (*_COLUMNS, "event_id")}, as_json=as_json)
    if not tried:
        raise PypotError("nobody has tried it yet: does pypot deliver run?")
    raise typer.Exit(0 if row["status"] == "delivered" else 1)


def _list_deliveries(
    webhook_id: UUID | None, status: str | None, limit: int, db_url: str | None, *, as_json: bool
) -> None:
    with _api(db_url) as api:
        rows = _rows(
            api,
            "list_webhook_deliveries",
            webhook_id=webhook_id,
            status=status,
            page_size=limit,
        )
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    _table("Deliveries", (*_COLUMNS, "next_attempt_at", "ended_at"), rows)


def _api(db_url: str | None) -> "Api":
    from pypot_cli import rpc

    return rpc.Api(rpc.login_url(rpc.database_url(db_url)))


def _call(api: "Api", function: str, **arguments: Any) -> dict[str, Any]:
    from pypot_cli.rpc import Caller

    answer: dict[str, Any] = api.call(Caller("service_role"), function, **arguments)
    return answer


def _rows(api: "Api", function: str, **arguments: Any) -> list[dict[str, Any]]:
    from pypot_cli.rpc import Caller

    return api.rows(Caller("service_role"), function, **arguments)


def _show(values: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(values, indent=2))
        return
    for name, value in values.items():
        typer.echo(f"{name:<18}{value}")


def _table(title: str, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(row[name])) for name in columns))
    Console().print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
