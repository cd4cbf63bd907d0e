"""Which database a command means, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pypot_cli import config, rpc
from pypot_cli.cli import app
from pypot_cli.db import connect
from pypot_cli.errors import PypotError, UnreadableInputError

NO_URLS = [
    "postgresql://postgres:s3cret@[::1/postgres",
    "postgresql://postgres:s3cret@127.0.0.1/postgres?no=such",
    "postgres:s3cret@127.0.0.1",
    "dbname",
]


@pytest.mark.parametrize("url", NO_URLS)
@pytest.mark.parametrize("given_as", ["--db", "PYPOT_DB_URL"])
def test_what_is_no_url_of_a_database_is_refused_without_its_password(
    url: str, given_as: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYPOT_DB_URL", "" if given_as == "--db" else url)
    with pytest.raises(UnreadableInputError, match=given_as) as raised:
        rpc.database_url(url if given_as == "--db" else None)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("url", NO_URLS)
def test_nobody_connects_to_what_is_no_url(url: str) -> None:
    with pytest.raises(UnreadableInputError) as raised:
        connect(url)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("url", ["postgresql://postgres:x@127.0.0.1:5432/a", "host=/tmp dbname=a"])
def test_what_libpq_reads_is_taken_as_it_is(url: str) -> None:
    assert rpc.database_url(url) == url


@pytest.mark.parametrize("words", [["check"], ["audit", "verify"]], ids=" ".join)
def test_where_there_is_no_database_nothing_was_found_broken(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYPOT_DB_URL", raising=False)
    monkeypatch.setattr(config, "DEFAULT_DATA_DIR", tmp_path / "none")
    error = CliRunner().invoke(app, words).exception
    assert isinstance(error, PypotError)
    assert "pypot db up" in str(error)
    assert error.exit_code == 2
