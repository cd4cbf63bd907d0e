"""The commands about fraud: `pypot fraud simulate` and `pypot fraud report`."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pypot_cli import config
from pypot_cli.cli_options import AsJson, interrupted

app = typer.Typer(
    help="Simulate honest players and rings; count what is flagged.", no_args_is_help=True
)

_OUT = config.STATE_DIR / "fraud"


class World(StrEnum):
    """The generators, which share nothing but the form of a script."""

    USUAL = "usual"
    OTHER = "other"
    WILD = "wild"
    FOREIGN = "foreign"


@app.command()
def simulate(
    players: Annotated[int, typer.Option(min=50, max=50_000, help="Honest and not.")] = 2000,
    pots: Annotated[int, typer.Option(min=2, max=5000, help="Pots they play, about.")] = 300,
    attackers: Annotated[
        float, typer.Option(min=0, max=0.5, metavar="RATE", help="Of the players, 0 to 0.5.")
    ] = 0.06,
    world: Annotated[World, typer.Option(help="Which generator.")] = World.USUAL,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="ip_ring, device_ring, rotating_ips, rotating_devices, paired, slow_drip,"
            " cap_splitter, mixture; in world other: vpn_hybrid, staggered, mules, device_farm,"
            " relay, late_swarm; in world wild: home_multi, shared_handset, proxy_hopper,"
            " profile_swapper, partners, drip, cap_breaker, emulator_farm, bonus_crew, proxy_pool,"
            " hired_hands, insider; in world foreign: sock_family, antidetect, phone_shelf,"
            " whale_split, syndicate, vpn_ring, night_shift, click_team, late_pair, reseller."
            " May be repeated.",
            show_default="all of that world",
        ),
    ] = None,
    days: Annotated[
        float | None,
        typer.Option(min=0.5, max=60, help="Of history.", show_default="one a 100 pots, 1 to 10"),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="The same is the same traffic.", show_default="new"),
    ] = None,
    db_url: Annotated[
        str | None,
        typer.Option(
            "--db",
            metavar="URL",
            help="A database that nobody has used, by a URL of role postgres; its clock is"
            " replaced, so it is good for nothing else afterwards.",
            show_default="a server of its own, removed at the end",
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", help="For what happened.", show_default=".pypot/fraud"),
    ] = _OUT,
    as_json: AsJson = False,
) -> None:
    """Write labelled traffic of honest crowds and rings through the real functions.

    Every join is a call of the public function with the role, claims and headers that PostgREST
    would set; pots are locked, attested and revealed by the real services with real keys. Days pass
    in minutes, because the database's clock is replaced by the script's. Who is honest is written
    into --out only and never into the database. pypot fraud report counts.

    Exit codes: 0 played, and every invariant holds; 1 not, and what is broken is named; 2 a wrong
    option, or a database that was used before; 130 interrupted.
    """
    from pypot_cli import fraud
    from pypot_cli.fraud.screen import Screen

    screen = Screen()
    wanted = fraud.Wanted(players, pots, attackers, str(world), strategy or (), seed, days)
    with interrupted():
        summary = fraud.simulate(wanted, db_url, out, screen)
    if as_json:
        typer.echo(json.dumps(summary, indent=2))
    else:
        for name, value in summary.items():
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            if isinstance(value, dict):
                shown = ", ".join(f"{token} {number}" for token, number in value.items())
            typer.echo(f"{name:<14}{shown if shown != '' else 'none'}")
    raise typer.Exit(1 if summary["broken"] else 0)


@app.command()
def report(
    directories: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[DIR]...",
            help="What pypot fraud simulate wrote; several are counted together.",
            show_default=".pypot/fraud",
        ),
    ] = None,
    db_url: Annotated[
        str | None,
        typer.Option(
            "--db",
            metavar="URL",
            help="Count what this database says; of DIR, only players.jsonl is needed.",
            show_default="what the simulation saw",
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE.svg|FILE.png", help="Write the reliability plot there."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count what was flagged before settlement: recall, precision, honest players, reliability.

    A suspicious entry is one of a ring of which two or more are in that pot. It is flagged if any
    flag was recorded before the pot's reveal, and held if one of effect hold or refuse was, or if
    it was refused. The goals are, of flags: recall 95%, and 90% in every strategy, precision 90%;
    of holds: under 0.5% of honest players ever held. All is shown by both. Needs SciPy and for
    --plot Matplotlib (the extra named fraud).

    Exit codes: 0 every goal holds; 1 not, and those missed are named; 2 nothing to count.
    """
    from pypot_cli import fraud, plots
    from pypot_cli.fraud import plot as plotting
    from pypot_cli.fraud.screen import Screen

    if plot is not None:
        plots.check(plot)
    counted = fraud.report(directories or [_OUT], db_url)
    if plot is not None:
        plotting.draw(counted, plot)
    if as_json:
        typer.echo(json.dumps(counted.as_json(), indent=2))
    else:
        Screen().show(counted)
    raise typer.Exit(0 if counted.ok else 1)
