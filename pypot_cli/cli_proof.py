"""The commands about proofs: `pypot verify` and what goes with it."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pypot_cli import proof

app = typer.Typer()

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
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def verify(
    source: Annotated[
        str, typer.Argument(metavar="PROOF.json", help="The proof's file, or - for stdin.")
    ],
    orchestrator_key: OrchestratorKeys = None,
    settlement_key: SettlementKeys = None,
    beacon_key: BeaconKeys = None,
    beacon_chain: BeaconChains = None,
    witness_key: WitnessKeys = None,
    log_key: LogKeys = None,
    as_json: AsJson = False,
) -> None:
    """Check a settlement proof, offline.

    A draw 2 is called witnessed only if a --witness-key cosigned, before the beacon's round, a log
    that holds its lock and its reveal; else unwitnessed, and when they came is the operator's word.

    Exit code 0: valid. 1: not valid, and the checks that failed are named. 2: unreadable, which is
    a missing file, a proof that is too large, not JSON or not an object, or a key or a chain that
    is none.
    """
    from pypot_cli import proof

    trust = proof.read_trust(
        orchestrator_key, settlement_key, beacon_key, beacon_chain, witness_key, log_key
    )
    _end(proof.verify(proof.open_proof(source), trust), as_json)


def _end(verdict: "proof.Verdict", as_json: bool) -> None:
    """Print a verdict and exit by it."""
    if as_json:
        typer.echo(json.dumps(verdict.as_json(), indent=2))
    else:
        _print(verdict)
    raise typer.Exit(0 if verdict.valid else 1)


def _print(verdict: "proof.Verdict") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    colours = {"ok": "green", "failed": "bold red"}
    table = Table("check", "outcome", "with", title=f"Proof of pot {verdict.pot_id or '(unknown)'}")
    for check in verdict.checks:
        # Text, not markup: the details quote the proof, and whoever made it may be hostile.
        outcome = Text(check.outcome, style=colours.get(check.outcome, "yellow"))
        table.add_row(Text(check.name), outcome, Text(check.detail, overflow="fold"))
    console = Console()
    console.print(table)
    if verdict.valid:
        console.print("What this file cannot prove:")
        for sentence in verdict.not_proven:
            console.print(Text(f"  {sentence}"))
    console.print(Text(verdict.summary, style="bold green" if verdict.valid else "bold red"))
