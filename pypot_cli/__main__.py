"""Runs `pypot`: a PypotError becomes one line on stderr and its exit code, never a traceback."""

import sys

from pypot_cli.cli import app
from pypot_cli.errors import PypotError


def main() -> None:
    """Entry point of the console script."""
    try:
        app(prog_name="pypot")
    except PypotError as error:
        print(f"pypot: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
