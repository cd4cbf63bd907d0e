"""`pypot bench api`, small: both clients' joins arrive, each once."""

import os
from pathlib import Path

import pytest

from pypot_cli.bench import api
from pypot_cli.errors import PypotError
from tests.support import packages
from tests.support.fixtures import unavailable


@pytest.fixture
def wrk(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        place = packages.wrk()
    except packages.MissingProgramError as error:
        unavailable(str(error))
    monkeypatch.setenv("PATH", f"{place.root / 'usr/bin'}{os.pathsep}{os.environ['PATH']}")
    for name, value in place.env.items():
        monkeypatch.setenv(name, value)


def test_both_clients_join_and_call_nothing(wrk: None, supabase_js: Path) -> None:
    size = api.Size(seconds=1, rounds=1, players=50, clients=(4,))
    report = api.run(size, lambda _step: None, supabase_js)
    assert report["broken"] == []
    assert report["failed"] == 0
    assert report["ok"]
    # Each of wrk's 4 connections, in two runs, may have had one join more under way.
    assert report["joins"] <= report["entries"] <= report["joins"] + 16
    for client, told in report["lanes"]["4"].items():
        for call in api.CALLS:
            assert told[call]["rate"]["median"] > 0, client
            assert 0 < told[call]["p50"]["median"] <= told[call]["p99"]["median"], client
        assert told["join_to_nothing"]["median"] > 0, client
    assert "every invariant holds" in api.table(report)


def test_without_wrk_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PypotError, match="apt install wrk"):
        api.run(api.Size(), lambda _step: None, tmp_path)
