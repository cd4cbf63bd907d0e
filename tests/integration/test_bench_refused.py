"""`pypot bench` whose calls are refused ends with one line that says what to do, no traceback."""

import asyncio
import socket
import sys

import httpx
import psycopg
import pytest

from pypot_cli.__main__ import main
from pypot_cli.bench import fill, guards, stage
from pypot_cli.simulate.crowd import Crowd


def ended(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Run the smallest benchmark as a person does; return its exit code and its last line."""
    monkeypatch.setattr(sys, "argv", ["pypot", "bench", "guards", "--joins", "25"])
    with pytest.raises(SystemExit) as end:
        main()
    assert isinstance(end.value.code, int)
    told = capsys.readouterr()
    assert told.out == ""
    return end.value.code, told.err.splitlines()[-1]


def test_a_refusal_that_is_returned_in_a_lane_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "RULES", {**stage.RULES, "joins_per_minute": 1})
    code, said = ended(capsys, monkeypatch)
    assert code == 1
    assert said.startswith("pypot: the benchmark ended with a call that was refused: ")
    assert (
        "velocity_exceeded (PT429): Too many joins in a minute. Wait a minute and try again."
        in said
    )
    assert said.endswith(
        "; nothing of it is left: run it again, smaller (see --help) or with less beside it"
    )


def test_a_refusal_that_is_raised_while_it_is_prepared_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "GRANT", -1)
    code, said = ended(capsys, monkeypatch)
    assert code == 1
    assert said.startswith(
        "pypot: the benchmark ended with a call that was refused: invalid_argument (PT"
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (psycopg.errors.DiskFull("quoted"), "database: DiskFull (53100)"),
        (psycopg.OperationalError("lost\nmore"), "database: lost"),
    ],
)
def test_a_database_that_fails_is_told_without_what_it_quotes(
    error: Exception,
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_given: object) -> dict[str, object]:
        raise error

    monkeypatch.setattr(guards, "run", fails)
    assert ended(capsys, monkeypatch) == (
        1,
        f"pypot: the benchmark ended with an error of the database: {told};"
        " nothing of it is left: run it again, smaller (see --help) or with less beside it",
    )


def test_a_player_without_an_answer_is_counted_and_the_others_play_on() -> None:
    game = fill._Game("http://api", "key", Crowd(100, "a test"), [], "a test")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"

        async def play() -> object:
            async with httpx.AsyncClient(base_url=url, timeout=0.5) as http:
                return await game._call(http, "list_pots", {})

        assert asyncio.run(play()) is None
    assert (game.failed, dict(game.refused)) == (1, {})
