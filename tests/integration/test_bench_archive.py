"""`pypot bench archive`, small: what is vacuumed, and every pot leaves and frees what it took."""

import json
import re

from pypot_cli.bench import archive


def test_pots_are_played_vacuumed_archived_and_detached() -> None:
    said: list[str] = []
    report = archive.run(archive.Size(pots=4, tickets=20, players=30), said.append)
    assert report["blocked"] == report["failed"] == {}
    assert report["broken"] == {"played": [], "archived": [], "detached": []}
    assert report["ok"]
    assert (report["joins"], report["archived"]) == (80, 4)
    assert any(re.fullmatch(r"archiving \d{4}-\d{2}, pot 4", step) for step in said)

    played = {each["table"]: each for each in report["vacuum"]["tables"]}
    # Each join takes from a wallet and from a stripe; each lock numbers its entries.
    for name in ("private.wallets", "private.pot_stripes", "public.pot_entries"):
        assert played[name]["updates"] >= 80
        assert played[name]["full"] <= played[name]["bytes"]
    left = {each["table"]: each for each in report["vacuum_archived"]["tables"]}
    assert left["public.pot_entries"]["deletions"] == 80
    assert left["private.ledger_entries"]["deletions"] >= 2 * 80
    # More than fifty rows and a fifth of the table went: autovacuum comes.
    assert left["private.ledger_entries"]["vacuums"] >= 1
    assert report["vacuum_archived"]["left"] <= report["vacuum_archived"]["dead"]

    sizes = report["bytes"]
    assert sizes["played"]["archive"] < sizes["archived"]["archive"]
    assert sizes["detached"]["archive"] < sizes["archived"]["archive"]
    assert sizes["archived"]["live"] < sizes["played"]["live"]
    assert sizes["played"]["carried"] < sizes["detached"]["carried"]
    assert report["file"] > 80 * 1000
    assert min(report["seconds"].values()) > 0
    day = report["a_day"]
    assert day["archive_seconds"] == 100_000 / 80 * 4 * report["seconds"]["archive"]
    assert day["deletions"] >= 100_000 * 4
    shown = archive.table(json.loads(json.dumps(report)))
    assert "every invariant holds at each step" in shown
    assert "multiplied, not measured: a day of 100000 joins" in shown
