"""What the checks read of a database in which one pot has most entries, as a hot one has.

There each pot's entries are, to the planner, all of them: a statement that looks at them pot by pot
reads the whole table as often as there are pots.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pypot_cli.bench import bulk
from pypot_cli.check import scope
from pypot_cli.db.connection import QUERIES, query
from pypot_cli.rpc import Api, login_url
from tests.support.database import Database

_POTS = 600
_ENTRIES = 1500
_TIMES = 10
"""As often a check may read every row that there is: some join the same table several times."""


def scans(plan: dict[str, Any]) -> Iterator[int]:
    """How many rows each scan of a plan has looked at."""
    if "Relation Name" in plan:
        removed = plan.get("Rows Removed by Filter", 0)
        yield plan["Actual Loops"] * (plan["Actual Rows"] + removed)
    for each in plan.get("Plans", []):
        yield from scans(each)


def test_no_check_reads_a_table_once_for_each_pot(db: Database) -> None:
    with db.admin() as conn:
        bulk.prepare(conn)
        with Api(login_url(db.url())) as api:
            bulk.locked_pot(conn, api, _ENTRIES, _ENTRIES)
        bulk.open_pots(conn, 0, _POTS - 1)
        conn.execute("analyze")
        ((there,),) = conn.execute(
            "select sum(c.reltuples) from pg_class as c where c.relkind = 'r'"
            " and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)"
        ).fetchall()
        read = {}
        for file in sorted((QUERIES / "check").glob("*.sql")):
            text = scope.of_all(query(f"check/{file.stem}").decode())
            ((plans,),) = conn.execute(f"explain (analyze, format json) {text}".encode()).fetchall()
            read[file.stem] = sum(scans(plans[0]["Plan"]))
    assert {name: rows for name, rows in read.items() if rows > _TIMES * there} == {}
