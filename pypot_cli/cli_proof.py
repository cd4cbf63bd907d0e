"""The commands about proofs: `pypot verify` and what goes with it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from pypot_cli.cli_options import AsJson, DatabaseOrApiUrl

if TYPE_CHECKING:
    from pypot_cli import proof

app = typer.Typer()
proof_app = typer.Typer(help="Hand a proof on to whoever wants to check it.", no_args_is_help=True)
app.add_typer(proof_app, name="proof")

OrchestratorKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--orchestrator-key", metavar="HEX", help="A public key you trust to lock. May be repeated."
    ),
]
SettlementKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--settlement-key", metavar="HEX", help="A public key you trust to settle. May be repeated."
    ),
]
BeaconKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--beacon-key",
        metavar="HEX",
        help="A public key you trust to hand beacons over; the beacon itself is checked anyway.",
    ),
]
BeaconChains = Annotated[
    list[str] | None,
    typer.Option(
        "--beacon-chain",
        metavar="INFO.json",
        help="/info of a drand chain you trust besides quicknet. May be repeated.",
    ),
]
WitnessKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--witness-key",
        metavar="VKEY",
        help="A witness you trust to say when it saw the log. May be repeated.",
    ),
]
LogKeys = Annotated[
    list[str] | None,
    typer.Option("--log-key", metavar="VKEY", help="The audit log you mean. May be repeated."),
]
Entries = Annotated[
    str | None, typer.Option(metavar="FILE", help="All the entries, as pypot proof export writes.")
]
Chain = Annotated[
    str | None, typer.Option(metavar="FILE", help="The audit chain, as pypot proof export writes.")
]


@app.command()
def verify(
    source: Annotated[
        str,
        typer.Argument(
            metavar="PROOF.json",
            help="The proof's file, or - for stdin, or the directory of an export.",
        ),
    ],
    orchestrator_key: OrchestratorKeys = None,
    settlement_key: SettlementKeys = None,
    beacon_key: BeaconKeys = None,
    beacon_chain: BeaconChains = None,
    witness_key: WitnessKeys = None,
    log_key: LogKeys = None,
    entries: Entries = None,
    chain: Chain = None,
    as_json: AsJson = False,
) -> None:
    """Check a settlement proof, offline.

    With the entries, entries_root is recomputed from all of them; with the chain, every row's hash
    and link, and what the rows say. The directory of pypot proof export has both.

    A draw 2 is called witnessed only if a --witness-key cosigned, before the beacon's round, a log
    that holds its lock and its reveal; else unwitnessed, and when they came is the operator's word.

    Exit code 0: valid. 1: not valid, and the checks that failed are named. 2: unreadable, which is
    a missing file, a proof that is too large, not JSON or not an object, or a key or a chain that
    is none.
    """
    from pypot_cli import proof
    from pypot_cli.proof import bundle

    trust = proof.read_trust(
        orchestrator_key, settlement_key, beacon_key, beacon_chain, witness_key, log_key
    )
    source, rest = bundle.locate(source, entries, chain)
    document = proof.open_proof(source)
    _end(bundle.with_rest(proof.verify(document, trust), document.value, rest), "Proof", as_json)


@app.command("verify-receipt")
def verify_receipt(
    receipt: Annotated[
        str, typer.Argument(metavar="RECEIPT.json", help="What my_receipt answered.")
    ],
    source: Annotated[
        str,
        typer.Argument(
            metavar="PROOF.json", help="The proof of its pot, or the directory of an export."
        ),
    ],
    user_id: Annotated[
        UUID | None, typer.Option(metavar="UUID", help="Your user id, which the tag stands for.")
    ] = None,
    orchestrator_key: OrchestratorKeys = None,
    settlement_key: SettlementKeys = None,
    beacon_key: BeaconKeys = None,
    beacon_chain: BeaconChains = None,
    witness_key: WitnessKeys = None,
    log_key: LogKeys = None,
    entries: Entries = None,
    as_json: AsJson = False,
) -> None:
    """Check that an entry was in a draw, with the receipt its player kept; offline.

    The proof is checked as by pypot verify. A receipt from before the lock has no path yet: with
    the --entries, or an export, the entry is looked up there.

    Exit code 0: the entry was in the draw. 1: it was left out, moved or changed, the proof is not
    valid, or nothing shows it. 2: unreadable, as by pypot verify.
    """
    from pypot_cli import proof
    from pypot_cli.proof import bundle
    from pypot_cli.proof import receipt as receipts

    trust = proof.read_trust(
        orchestrator_key, settlement_key, beacon_key, beacon_chain, witness_key, log_key
    )
    source, rest = bundle.locate(source, entries, None)
    verdict = receipts.verify_receipt(
        proof.read_document(receipt, "the receipt"),
        proof.open_proof(source),
        user_id=user_id,
        trust=trust,
        rest=rest,
    )
    _end(verdict, "Receipt", as_json)


@proof_app.command("export")
def proof_export(
    pot_id: Annotated[UUID, typer.Argument(metavar="POT", help="The pot's id.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="A directory that is new or empty.")],
    db_url: DatabaseOrApiUrl = None,
) -> None:
    """Write a settled pot's proof, its entries (tags only) and its audit chain into a directory.

    Reads what anybody may read: over HTTP it needs SUPABASE_URL and SUPABASE_KEY, the anon or
    publishable key. Check it with pypot verify DIR.

    Exit codes: 0 written; 1 the pot is unknown, cancelled or not settled yet, what was read does
    not agree, or DIR cannot be written; 2 a wrong option.
    """
    from rich.console import Console
    from rich.progress import Progress

    from pypot_cli import proof_export as exports
    from pypot_cli import transport

    calls, _ = transport.choose(db_url)
    console = Console(stderr=True)
    with calls, Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("proof", total=None)

        def report(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        told = exports.export(calls, pot_id, out, report)
    typer.echo(f"{out}: the proof, {told['entries']} entries, {told['chain_rows']} chain rows")


@proof_app.command("html")
def proof_html(
    source: Annotated[
        str,
        typer.Argument(
            metavar="PROOF.json",
            help="The proof's file, or - for stdin, or the directory of an export.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write it.", show_default="stdout"),
    ] = None,
) -> None:
    """Write one HTML file that shows a settlement proof and checks it in a browser, offline.

    It recomputes everything and says what pypot verify says, for a valid proof and for any other.

    Exit codes: 0 written; 1 FILE cannot be written; 2 the proof is unreadable, as for pypot verify.
    """
    from pypot_cli import proof, proof_page
    from pypot_cli.proof import bundle

    file, _ = bundle.locate(source, None, None)
    page = proof_page.render(proof.open_content(file))
    if out is None:
        typer.echo(page, nl=False)
    else:
        proof_page.write(page, out)


def _end(verdict: "proof.Verdict", what: str, as_json: bool) -> None:
    """Print a verdict and exit by it."""
    if as_json:
        typer.echo(json.dumps(verdict.as_json(), indent=2))
    else:
        _print(verdict, what)
    raise typer.Exit(0 if verdict.valid else 1)


def _print(verdict: "proof.Verdict", what: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    colours = {"ok": "green", "failed": "bold red"}
    title = f"{what} of pot {verdict.pot_id or '(unknown)'}"
    table = Table("check", "outcome", "with", title=title)
    for check in verdict.checks:
        # Text, not markup: the details quote the proof, and whoever made it may be hostile.
        outcome = Text(check.outcome, style=colours.get(check.outcome, "yellow"))
        table.add_row(Text(check.name), outcome, Text(check.detail, overflow="fold"))
    console = Console()
    console.print(table)
    if verdict.valid:
        console.print("What this cannot prove:")
        for sentence in verdict.not_proven:
            console.print(Text(f"  {sentence}"))
    console.print(Text(verdict.summary, style="bold green" if verdict.valid else "bold red"))
