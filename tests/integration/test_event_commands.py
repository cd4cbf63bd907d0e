"""`pypot events`: what is printed, what files hold, and how an export goes on."""

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from pypot_cli.cli import app
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.events import export as exporting
from pypot_cli.events import reader as reading
from pypot_cli.events.export import Exported, Format, Selection, export
from pypot_cli.events.reader import Reader
from pypot_cli.rpc import Api, login_url
from tests.support.database import Database
from tests.support.events import all_events
from tests.support.game import PATIENCE_SECONDS, Game


def pypot(db: Database, *words: str) -> Result:
    return CliRunner().invoke(app, ["events", *words, "--db", db.url()])


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def played(game: Game) -> Game:
    """A pot with three joins."""
    pot_id = game.pot()
    player = game.player(funds=100)
    for _ in range(3):
        player.join(pot_id)
    return game


def test_tail_prints_the_last_events_or_those_after_a_position(played: Game) -> None:
    db = played.db
    assert lines(pypot(db, "tail", "--json", "--last", "3")) == all_events(db)[-3:]
    assert lines(pypot(db, "tail", "--json", "--after", "2")) == all_events(db)[2:]
    assert lines(pypot(db, "tail", "--json", "--last", "0")) == []
    joins = lines(pypot(db, "tail", "--json", "--kinds", "pot_joined,pot_locked", "--last", "2"))
    assert [event["kind"] for event in joins] == ["pot_joined"] * 2
    # However far back they are.
    assert lines(pypot(db, "tail", "--json", "--kinds", "signing_key_registered", "--last", "1"))
    shown = pypot(db, "tail", "--last", "1").stdout
    assert "pot_joined" in shown
    assert all_events(db)[-1]["created_at"] in shown
    assert isinstance(pypot(db, "tail", "--kinds", "pot_unheard_of").exception, PypotError)


def test_tail_follows_what_comes(played: Game) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "pypot_cli", "events", "tail", "--follow", "--json", "--last", "1",
         "--every", "0.1", "--db", played.db.url()],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert json.loads(process.stdout.readline())["kind"] == "pot_joined"
        pot_id = played.pot()
        player = played.player(funds=100)
        player.join(pot_id)
        kinds = [json.loads(process.stdout.readline())["kind"] for _ in range(3)]
        assert kinds == ["pot_created", "credits_granted", "pot_joined"]
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 130
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_an_export_holds_every_event_once_and_goes_on(played: Game, tmp_path: Path) -> None:
    db, out = played.db, tmp_path / "events.jsonl"
    first = json.loads(pypot(db, "export", "--out", str(out), "--json").stdout)
    assert first["events"] == len(all_events(db))
    assert first["after"] == 0
    played.pot()
    # Broken off in the middle of a line.
    whole = out.read_bytes()
    out.write_bytes(whole[:-20])
    again = json.loads(pypot(db, "export", "--out", str(out), "--json").stdout)
    assert again["after"] == first["position"] - 1
    assert [json.loads(line) for line in out.read_text().splitlines()] == all_events(db)
    done = json.loads(pypot(db, "export", "--out", str(out), "--json").stdout)
    assert done["events"] == 0


def test_an_export_selects_by_kind_and_time(played: Game, tmp_path: Path) -> None:
    db = played.db
    played.pass_time(3 * 86_400)
    played.pot()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()

    def exported(name: str, *options: str) -> list[str]:
        out = tmp_path / name
        result = pypot(db, "export", "--out", str(out), *options)
        assert result.exit_code == 0, result.output
        return [json.loads(line)["kind"] for line in out.read_text().splitlines()]

    assert exported("new", "--from", tomorrow, "--kinds", "pot_created") == ["pot_created"]
    assert exported("old", "--to", tomorrow, "--kinds", "pot_created,pot_joined") == [
        "pot_created", "pot_joined", "pot_joined", "pot_joined",
    ]  # fmt: skip
    assert exported("none", "--from", "2126-01-01") == []
    wrong = pypot(db, "export", "--out", str(tmp_path / "x"), "--from", "next week")
    assert isinstance(wrong.exception, UnreadableInputError)


def test_parquet_files_are_one_table(
    played: Game, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_FILE_EVENTS", 4)
    db, out = played.db, tmp_path / "events"
    for _ in range(2):
        result = pypot(db, "export", "--format", "parquet", "--out", str(out))
        assert result.exit_code == 0, result.output
        played.pot()
    pypot(db, "export", "--format", "parquet", "--out", str(out))
    files = sorted(out.glob("*.parquet"))
    assert len(files) > 2
    table = pq.read_table(files)
    rows = table.to_pylist()
    events = all_events(db)
    assert [row["position"] for row in rows] == [event["position"] for event in events]
    assert str(table.schema.field("created_at").type) == "timestamp[us, tz=UTC]"
    for row, event in zip(rows, events, strict=True):
        at = datetime.fromisoformat(event["created_at"])
        assert {**row, "data": json.loads(row["data"])} == {**event, "created_at": at}
    # Another selection is not put among them.
    other = pypot(db, "export", "--format", "parquet", "--out", str(out), "--kinds", "pot_joined")
    assert isinstance(other.exception, UnreadableInputError)
    (out / "mine").mkdir()
    foreign = pypot(db, "export", "--format", "parquet", "--out", str(out / "mine"))
    assert foreign.exit_code == 0
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "letter.txt").write_text("dear Ann")
    assert isinstance(
        pypot(db, "export", "--format", "parquet", "--out", str(tmp_path / "foreign")).exception,
        UnreadableInputError,
    )


def test_another_file_is_not_overwritten(played: Game, tmp_path: Path) -> None:
    for text in ("dear Ann", "dear Ann,\nhello\n", '{"position": 1}\nhello', '{"a": 1}\n', "{}"):
        out = tmp_path / "letter.txt"
        out.write_text(text)
        result = pypot(played.db, "export", "--out", str(out))
        assert isinstance(result.exception, UnreadableInputError), text
        assert out.read_text() == text
    missing = pypot(played.db, "export", "--out", str(tmp_path / "no" / "such" / "place"))
    assert isinstance(missing.exception, PypotError)


class CutOffError(Exception):
    """An export that is cut off."""


@pytest.mark.parametrize("file_format", list(Format))
def test_an_export_cut_off_at_any_page_goes_on_without_gap_or_repetition(
    played: Game, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_format: Format
) -> None:
    monkeypatch.setattr(reading, "PAGE_SIZE", 3)
    monkeypatch.setattr(Reader.page, "__defaults__", (3,))
    monkeypatch.setattr(exporting, "_FILE_EVENTS", 5)
    out = tmp_path / "out"
    expected = all_events(played.db)
    assert len(expected) > 6

    def attempt(pages: int) -> Exported:
        def told(_done: int, _total: int) -> None:
            nonlocal pages
            pages -= 1
            if pages == 0:
                raise CutOffError

        with Api(login_url(played.db.url())) as api:
            return export(Reader(api), Selection(), file_format, out, told)

    cuts = 0
    while True:
        try:
            attempt(1)
        except CutOffError:
            cuts += 1
            continue
        break
    assert cuts == -(-len(expected) // 3)
    if file_format is Format.JSONL:
        found = [json.loads(line) for line in out.read_text().splitlines()]
        assert found == expected
    else:
        positions = pq.read_table(sorted(out.glob("*.parquet")))["position"].to_pylist()
        assert positions == [event["position"] for event in expected]


def test_a_schema_is_printed_in_one_piece(played: Game) -> None:
    """It validates by itself, without the envelope beside it."""
    result = CliRunner().invoke(app, ["events", "schema", "pot_joined"])
    schema = json.loads(result.stdout)
    event = next(each for each in all_events(played.db) if each["kind"] == "pot_joined")
    validator = Draft202012Validator(schema)
    assert list(validator.iter_errors(event)) == []
    assert list(validator.iter_errors({**event, "position": 0})) != []
    names = CliRunner().invoke(app, ["events", "schema"]).stdout.split()
    assert "pot_joined" in names
    assert CliRunner().invoke(app, ["events", "schema", "pot_unheard_of"]).exit_code == 1
    assert CliRunner().invoke(app, ["events", "schema", "pot_joined", "--version", "9"]).exit_code


def test_a_reader_waits_out_a_lost_connection(played: Game) -> None:
    with Api(login_url(played.db.url())) as api:
        reader = Reader(api)
        end = reader.end()
        with played.db.admin() as conn:
            conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where usename = 'authenticator' and pid <> pg_backend_pid()"
                " and datname = current_database()"
            )
        began = time.monotonic()
        assert reader.end() == end
        assert time.monotonic() - began < PATIENCE_SECONDS
        assert len(reader.page(0)) == end
