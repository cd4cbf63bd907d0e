"""What a database's catalogue says, compared with the rules and the lists in this directory."""

import difflib
import os
from pathlib import Path

import psycopg

HERE = Path(__file__).resolve().parent
RULES = sorted((HERE / "rules").glob("*.sql"))
PRIVILEGES = HERE / "privileges.txt"
PUBLIC_FUNCTIONS = HERE / "public_functions.txt"

# The callers of the contract's section 1, and what else a Supabase database has.
API_ROLES = ("anon", "authenticated", "service_role", "authenticator")
POT_ROLES = (
    "pot_orchestrator",
    "pot_settlement",
    "pot_beacon",
    "pot_compliance",
    "pot_treasury",
    "pot_events",
    "pot_webhooks",
)


def column(conn: psycopg.Connection, path: Path) -> list[str]:
    """The only column of the query in a file, sorted; names in it are schema-qualified."""
    with conn.transaction(), conn.cursor() as cursor:
        cursor.execute("set local search_path = ''")
        cursor.execute(path.read_bytes())
        return sorted(str(row[0]) for row in cursor)


def violations(conn: psycopg.Connection) -> list[str]:
    """What breaks any rule, each with the rule's name; empty when all hold."""
    return [f"{rule.stem}: {said}" for rule in RULES for said in column(conn, rule)]


def privileges(conn: psycopg.Connection) -> list[str]:
    """Who may do what with which object: the lines of privileges.txt."""
    return column(conn, HERE / "privileges.sql")


def difference(listed: list[str], found: list[str]) -> str:
    """The lines only one side has: `-` only listed, `+` only found; empty when equal."""
    diff = difflib.unified_diff(listed, found, "listed", "found", lineterm="", n=0)
    return "\n".join(line for line in diff if not line.startswith("@@"))


def listed_privileges() -> list[str]:
    """The lines of privileges.txt without its comments."""
    return [line for line in PRIVILEGES.read_text().splitlines() if not line.startswith("#")]


def wants_rewrite() -> bool:
    """Whether PYPOT_UPDATE_LISTS asks for privileges.txt to be written anew."""
    return bool(os.environ.get("PYPOT_UPDATE_LISTS"))


def rewrite_privileges(found: list[str]) -> None:
    """Writes privileges.txt, its comments kept."""
    comments = [line for line in PRIVILEGES.read_text().splitlines() if line.startswith("#")]
    PRIVILEGES.write_text("\n".join([*comments, *found]) + "\n")


def listed_public_functions() -> dict[str, str]:
    """Line of public_functions.txt without its role → that role."""
    lines = [line for line in PUBLIC_FUNCTIONS.read_text().splitlines() if line]
    pairs = [line.split("  ", 1) for line in lines if not line.startswith("#")]
    return {line: role for role, line in pairs}
