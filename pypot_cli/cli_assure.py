"""The command that runs the harnesses: `pypot assure`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pypot_cli.cli_options import AsJson, interrupted

app = typer.Typer()


@app.command()
def assure(
    minutes: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            max=10_000,
            help="For all of them together, shared as their own times are.",
            show_default="as long as each one says",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A harness; docs/assurance.md names them. May be repeated.",
            show_default="all",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Repeats what is random.", show_default="a new one"),
    ] = None,
    report_dir: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="DIR",
            file_okay=False,
            help="Write report.md and report.json there, and what each harness leaves.",
        ),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the figures for docs/assurance.md.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Attack the product with every harness, on servers of their own, and report what they found.

    Each is a module of tests/assurance: random calls against a model, interleavings, mutants,
    kills and so on; docs/assurance.md says which is for which threat. They need a checkout. With
    --report, the report is there from the first harness that ends; nothing else is left.

    Exit codes: 0 nothing was found; 1 something was, and is named; 2 no such harness; 130
    interrupted. What cannot run on this machine is said and left out, and fails with
    PYPOT_STRICT=1.
    """
    from pypot_cli import assure as assurance
    from pypot_cli.assure import page

    screen = assurance.Screen()
    with interrupted():
        report = assurance.run(minutes, only or (), seed, report_dir, screen)
    if keep:
        page.keep(report)
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2))
    else:
        screen.show(report)
    raise typer.Exit(0 if report.ok else 1)
