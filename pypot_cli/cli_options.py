"""What several modules of commands share: options, and how an interrupted command ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="The database.",
        show_default="PYPOT_DB_URL, else the embedded server's",
    ),
]
DatabaseOrApiUrl = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="The database.",
        show_default="PYPOT_DB_URL, else SUPABASE_URL, else the embedded server's",
    ),
]
"""Of commands that call the project's API where no database is named."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Poll = Annotated[
    float, typer.Option(min=0.01, metavar="SECONDS", help="How often to look when not woken.")
]
MetricsPort = Annotated[
    int | None,
    typer.Option(
        min=0, max=65535, help="Answer /health and /metrics there; 0 takes any free port."
    ),
]
MetricsHost = Annotated[str, typer.Option(metavar="ADDRESS", help="Where --metrics-port listens.")]


@contextmanager
def interrupted() -> Iterator[None]:
    """End with 130 and one line when the block, which leaves nothing behind, is interrupted."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("pypot: interrupted; everything was stopped and removed", err=True)
        raise typer.Exit(130) from None
