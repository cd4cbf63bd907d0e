"""`pypot metrics`, and what Prometheus and Grafana make of it: ops/."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pypot_cli.config import ROOT
from pypot_cli.metrics import CATALOGUE, UncataloguedError
from pypot_cli.metrics.exposition import families
from tests.support.database import Database
from tests.support.game import Game

OPS = ROOT / "ops"
RULES = OPS / "prometheus" / "pots.rules.yml"
DASHBOARD = OPS / "grafana" / "pots.json"
RULE_TESTS = Path(__file__).with_name("prometheus_rules.test.yml")
PATIENCE_SECONDS = 90.0


@pytest.fixture
def game(db: Database) -> Iterator[Game]:
    game = Game(db)
    yield game
    game.close()


@pytest.fixture
def lived(game: Game) -> Game:
    """One pot of two players was paid out, another is open and nobody has refilled the stock."""
    pot_id = game.pot(entry_cost=10, max_tickets=4)
    for player in game.players(2, 100):
        player.join(pot_id, 2)
    game.settle(pot_id)
    game.pot()
    game.orchestrator.call("rotate_pots")
    while game.orchestrator.call("roll_up_metrics")["more"]:
        pass
    return game


def pypot(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def shown(db: Database) -> str:
    done = pypot("metrics", "--db", db.url())
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.contextmanager
def served(db: Database) -> Iterator[str]:
    """The address that `pypot metrics --port 0` answers at."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pypot_cli", "metrics", "--db", db.url(), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as output:
        try:
            yield output.readline().strip()
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_SECONDS) == 0


def ask(address: str) -> Any:
    """What an address answers in JSON; None while nobody does."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)
    except (urllib.error.URLError, ConnectionError):
        return None


def test_every_metric_is_shown_and_says_what_it_is(lived: Game) -> None:
    text = shown(lived.db)
    found = {family.name: family for family in text_string_to_metric_families(text)}
    assert list(found) == [metric.name for metric in CATALOGUE]
    for metric in CATALOGUE:
        family = found[metric.name]
        assert (family.type, family.documentation) == (metric.kind, metric.help)
        for sample in family.samples:
            assert sample.name in metric.series
            assert set(sample.labels) - {"le"} == set(metric.labels)
    values = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in found.values()
        for sample in family.samples
    }
    assert values["pots_joins_total",] == 2
    assert values["pots_tickets_total",] == 4
    assert values["pots_ended_total", "settled"] == 1
    assert values["pots_payouts_total", "correct"] == 1
    assert values["pots_fill_seconds_count",] == values["pots_fill_seconds_bucket", "+Inf"] == 1
    assert 0 < values["pots_fill_seconds_sum",] < 300
    assert values["pots_in_progress", "open"] == 1
    assert values["pots_alerts", "low_stock", "page"] == 1
    assert values["pots_alerts", "chain_broken", "page"] == 0
    assert values["pots_events_to_roll_up",] == 0


def test_classes_are_summed_up_to_buckets() -> None:
    rows = [
        {"metric": "pots_fill_seconds", "labels": {"le": le}, "value": value}
        for le, value in (("90", 3.0), ("5", 2.0), ("more", 1.0))
    ]
    rows.append({"metric": "pots_fill_seconds_sum", "labels": {}, "value": 4000.5})
    (family,) = [each for each in families(rows) if each.name == "pots_fill_seconds"]
    assert [(s.name[18:], s.labels.get("le"), s.value) for s in family.samples] == [
        ("bucket", "5", 2.0),
        ("bucket", "90", 5.0),
        ("bucket", "+Inf", 6.0),
        ("count", None, 6.0),
        ("sum", None, 4000.5),
    ]


def test_a_metric_that_no_catalogue_has_is_an_error() -> None:
    with pytest.raises(UncataloguedError, match="pots_news"):
        list(families([{"metric": "pots_news", "labels": {}, "value": 1}]))


def test_a_database_that_is_away_is_told_in_one_line() -> None:
    done = pypot("metrics", "--db", "postgresql://postgres:x@127.0.0.1:9/postgres")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_what_rules_and_dashboard_name_is_shown(lived: Game) -> None:
    # Refusals and flags have a row only once there was one.
    lived.compliance.call(
        "set_guard_rail",
        scope="global",
        scope_id=None,
        rule="blocked_regions",
        value=["KP"],
        reason="a test",
    )
    player = lived.player(100)
    player.headers["cf-ipcountry"] = "KP"
    player.join(lived.pot())
    lived.value(
        "insert into private.flags (pot_id, user_id, kind, score, evidence, phase, effect,"
        " created_at, updated_at) select p.id, %s, 'a_test', 0.5, '{}', 'join', 'note',"
        " private.now(), private.now() from public.pots as p limit 1 returning 1",
        player.user_id,
    )
    lived.orchestrator.call("roll_up_metrics")
    text = shown(lived.db)
    series = set(re.findall(r"^(pots_[a-z_]+)", text, re.MULTILINE))
    queries = RULES.read_text() + "".join(
        target["expr"] + "\n"
        for panel in json.loads(DASHBOARD.read_text())["panels"]
        for target in panel["targets"]
    )
    named = set(re.findall(r"\bpots_[a-z_]+", queries))
    assert len(named) > 15
    assert named - series == set()
    assert {s for m in CATALOGUE for s in m.series if m.kind != "histogram"} - named == set()
    # Also what they select by is there.
    selected = re.findall(r'\b(pots_[a-z_]+)\{([a-z]+)=~?"([^"]+)"\}', queries)
    assert len(selected) >= 4
    for name, label, alternatives in selected:
        for value in alternatives.split("|"):
            assert re.search(rf'^{name}\{{[^}}]*{label}="{value}"', text, re.MULTILINE), value


def test_promtool_finds_no_fault(prometheus: Path) -> None:
    for arguments in (
        ("check", "config", OPS / "prometheus" / "prometheus.yml"),
        ("check", "rules", RULES),
        ("test", "rules", RULE_TESTS),
    ):
        done = subprocess.run(
            [prometheus / "promtool", *arguments],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_scrapes_and_answers(lived: Game, prometheus: Path, tmp_path: Path) -> None:
    with served(lived.db) as address:
        place = urllib.parse.urlsplit(address).netloc
        config = (OPS / "prometheus" / "prometheus.yml").read_text()
        config = config.replace("127.0.0.1:9103", place).replace("15s", "1s")
        (tmp_path / "prometheus.yml").write_text(config)
        (tmp_path / RULES.name).write_text(RULES.read_text())
        with running(prometheus, tmp_path) as api:
            assert until(lambda: answer(api, "pots_joins_total") or None) == 2
            assert answer(api, 'pots_payouts_total{result="correct"}') == 1
            alerts = until(lambda: open_alerts(api) or None)
            rules = ask(f"{api}/rules")["data"]["groups"]
    assert {alert["labels"]["kind"] for alert in alerts} == {"low_stock"}
    loaded = [rule for group in rules for rule in group["rules"]]
    assert {rule["name"] for rule in loaded} == set(
        re.findall(r"- alert: (\w+)", RULES.read_text())
    )
    assert {rule["health"] for rule in loaded} <= {"ok", "unknown"}


@contextlib.contextmanager
def running(prometheus: Path, directory: Path) -> Iterator[str]:
    """The address of the API of a Prometheus with the configuration in that directory."""
    with (directory / "log").open("w") as log:
        process = subprocess.Popen(
            [
                prometheus / "prometheus",
                f"--config.file={directory / 'prometheus.yml'}",
                f"--storage.tsdb.path={directory / 'data'}",
                "--web.listen-address=127.0.0.1:0",
            ],
            cwd=directory,
            stdout=log,
            stderr=log,
        )
    try:

        def port() -> str | None:
            assert process.poll() is None, (directory / "log").read_text()
            found = re.search(r"Listening on.*address=127\.0\.0\.1:(\d+)", log_of(directory))
            return found and found[1]

        yield f"http://127.0.0.1:{until(port)}/api/v1"
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def log_of(directory: Path) -> str:
    return (directory / "log").read_text()


def open_alerts(api: str) -> list[Any]:
    return [
        alert
        for alert in ask(f"{api}/alerts")["data"]["alerts"]
        if alert["labels"]["alertname"] == "PotsAlertPage"
    ]


def answer(api: str, query: str) -> float | None:
    """The value of a query of one series; None while it has none."""
    told = ask(f"{api}/query?{urllib.parse.urlencode({'query': query})}")
    result = told["data"]["result"] if told else []
    return float(result[0]["value"][1]) if result else None


def until(look: Any) -> Any:
    """The first answer of `look` that is not None."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found
