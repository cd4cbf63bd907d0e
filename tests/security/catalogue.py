"""What a database's catalogue says, compared with the rules and the lists in this directory."""

import difflib
import os
import re
from collections.abc import Sequence
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


_OBJECT = re.compile(r"(table|view|materialized view|column|sequence|function) (.*)")

# Kind, name, privilege, role: `("column", "public.pots.status", "select", "anon")`.
Right = tuple[str, str, str, str]


def attempts(conn: psycopg.Connection, roles: Sequence[str], name: str | None = None) -> set[Right]:
    """What each role was not denied when it tried; on all objects, or those named like `name`."""
    with conn.transaction(force_rollback=True), psycopg.ClientCursor(conn) as cursor:
        cursor.execute((HERE / "attempts_stage.sql").read_bytes())
        cursor.execute("set local search_path = ''")
        query = (HERE / "attempts.sql").read_text()
        statement = query.replace("%", "%%").replace("$1", "%(roles)s").replace("$2", "%(name)s")
        cursor.execute(statement.encode(), {"roles": list(roles), "name": name})
        return {(row[0], row[1], row[2], row[3]) for row in cursor}


def expected_attempts(conn: psycopg.Connection, roles: Sequence[str]) -> set[Right]:
    """What each role may do by privileges.txt; what is granted on a table is so on its columns."""
    members = _memberships(conn, roles)
    columns = _columns(conn)
    found: set[Right] = set()
    for line in listed_privileges():
        words, _, rest = line.partition("  ")
        privilege, _, grantees = rest.partition("  ")
        object_ = _OBJECT.fullmatch(words)
        if object_ is None:
            continue
        kind, name = object_.groups()
        for role in roles:
            if not members[role].isdisjoint(grantees.split(", ")):
                found.add((kind, name, privilege, role))
                if privilege in ("select", "insert", "update"):
                    found |= {("column", each, privilege, role) for each in columns.get(name, ())}
    return {right for right in found if right[0] == "column" or right[2] != "select"}


def _memberships(conn: psycopg.Connection, roles: Sequence[str]) -> dict[str, set[str]]:
    """Role → those whose rights it has without asking, itself and everybody among them."""
    rows = conn.execute(
        "select r.rolname, m.rolname from pg_roles as r inner join pg_roles as m"
        " on pg_has_role(r.oid, m.oid, 'usage') where r.rolname = any(%s)",
        (list(roles),),
    )
    members = {role: {role, "everybody"} for role in roles}
    for role, other in rows:
        members[role].add(other)
    return members


def _columns(conn: psycopg.Connection) -> dict[str, list[str]]:
    rows = conn.execute(
        "select format('%I.%I', c.relnamespace::regnamespace, c.relname), a.attname"
        " from pg_class as c inner join pg_attribute as a on c.oid = a.attrelid"
        " where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped"
        " and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)"
    )
    found: dict[str, list[str]] = {}
    for table, name in rows:
        found.setdefault(table, []).append(f"{table}.{name}")
    return found
