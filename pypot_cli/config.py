"""Where a checkout keeps things, and what the environment says.

Paths are those of the checkout that holds this package: the SQL files are read from it.
"""

import os
from pathlib import Path

from pypot_cli.errors import UnreadableInputError

ROOT = Path(__file__).resolve().parent.parent
COMPAT_DIR = ROOT / "sql" / "compat"

# Whatever a checkout makes for itself and git ignores.
STATE_DIR = ROOT / ".pypot"
CACHE_DIR = STATE_DIR / "cache"
DEFAULT_DATA_DIR = STATE_DIR / "db"

# Where the Supabase CLI expects the API and the database of a local stack, and its password; and
# where the lobby is.
API_PORT = 54321
DEFAULT_PORT = 54322
WEB_PORT = 54324
LOCAL_PASSWORD = "postgres"  # noqa: S105 (Supabase's well-known local password)

# How long an idle service waits for a notification before it looks by itself.
POLL_SECONDS = 1.0

# Where a local beacon is, when its round 1 was (2026-01-01, fixed so that one key is one chain
# whenever it is served), and the seconds between its rounds, as with drand's quicknet. Round 1 of a
# chain that the database takes is before 2100: what is larger was given in milliseconds.
BEACON_PORT = 54330
BEACON_GENESIS = 1767225600
BEACON_LAST_GENESIS = 4102444800
BEACON_PERIOD = 3

# Commitments that the signer keeps for pots to come.
STOCK = 100


def strict() -> bool:
    """Whether PYPOT_STRICT=1 forbids leaving out a test."""
    return os.environ.get("PYPOT_STRICT") == "1"


def external_database_url() -> str | None:
    """The value of PYPOT_DB_URL, or None when the embedded server is meant.

    Raises UnreadableInputError when libpq cannot read it.
    """
    url = os.environ.get("PYPOT_DB_URL", "").strip()
    if not url:
        return None
    if not url.startswith(("postgresql://", "postgres://")):
        raise UnreadableInputError("PYPOT_DB_URL must begin with postgresql://")
    return readable_database_url(url, "PYPOT_DB_URL")


def readable_database_url(url: str, given_as: str) -> str:
    """`url` as it is, when libpq can read it; `given_as` says where it was given.

    Raises UnreadableInputError, which quotes nothing of it.
    """
    from psycopg.conninfo import conninfo_to_dict  # slow to import, and most commands need none

    try:
        conninfo_to_dict(url)
    except Exception:
        # libpq's message quotes the URL, and with it the password.
        raise UnreadableInputError(
            f"{given_as} cannot be read: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        ) from None
    return url
