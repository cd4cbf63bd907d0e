"""docs/guard-rails.md lists the rules that there are, and the benchmark sets each of them."""

import re

from pypot_cli.bench import guards, stage
from pypot_cli.config import ROOT
from tests.support.database import Database

PAGE = (ROOT / "docs" / "guard-rails.md").read_text(encoding="utf-8")


def test_the_page_and_the_benchmark_know_every_rule(db: Database) -> None:
    with db.admin() as conn:
        rules = {row[0] for row in conn.execute("select rule from private.guard_rules()")}
    (listed,) = re.findall(r"\n\| rule \| \|\n\|---\|---\|\n((?:\|.*\n)+)", PAGE)
    assert (
        set(re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\|([^|]*)", listed, re.M)))) == rules
    )
    assert set(stage.RULES) == rules


def test_the_benchmark_measures_all_three_and_breaks_nothing() -> None:
    report = guards.run(25, lambda text: None)
    assert report["broken"] == []
    assert set(report["latency"]) == set(guards.VARIANTS)
    assert set(report["ratio"]) == set(guards.VARIANTS[1:])
    for latency in report["latency"].values():
        assert 0 < latency["median"] <= latency["p95"] <= latency["worst"]
    assert "every invariant holds" in guards.table(report)
