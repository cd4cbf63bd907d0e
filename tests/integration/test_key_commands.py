"""Keys are registered, rotated and revoked by command, and read from a command that prints them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import signing
from pypot_cli.game import GAME
from pypot_cli.keys import load_secret, write_new_secret
from tests.support.database import Database
from tests.support.lived import Game


def pypot(db: Database, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", *arguments],
        env={"PATH": os.environ["PATH"], "PYPOT_DB_URL": db.url()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_key_is_rotated_without_a_gap_and_the_old_one_revoked(
    db: Database, tmp_path: Path
) -> None:
    game = Game(db)
    with game.api:
        game.settlement.round()
        first, second = game.pot(), game.pot()
        users = game.users(3)
        done = pypot(
            db, "keys", "rotate", "--purpose", "orchestrator", "--out", str(tmp_path / "k")
        )
        assert done.returncode == 0, done.stderr
        new = load_secret(str(tmp_path / "k"))
        assert new.reveal().hex() not in done.stdout + done.stderr
        game.fill(first, users)
        assert game.orchestrator.round() == 3  # locked, signed, scanned: the old key is good still

        old = signing.kid("orchestrator", signing.public_key(game.orchestrator_key.reveal()), GAME)
        done = pypot(db, "keys", "revoke", old, "--reason", "rotated")
        assert (done.returncode, done.stdout) == (0, f"revoked {old}\n")
        game.fill(second, users)
        game.orchestrator.round()
        assert game.orchestrator.refusals == 1
        assert game.make_orchestrator(new).round() == 1
        assert game.settlement.round() > 0


def test_registering_prints_the_kid(db: Database, tmp_path: Path) -> None:
    key = signing.public_key(write_new_secret(tmp_path / "k").reveal())
    for _ in range(2):
        done = pypot(db, "keys", "register", "--purpose", "beacon", key.hex())
        assert (done.returncode, done.stdout) == (0, signing.kid("beacon", key, GAME) + "\n")


def test_a_secret_is_read_from_a_command(tmp_path: Path) -> None:
    secret = write_new_secret(tmp_path / "k")
    assert load_secret(f"cmd:cat '{tmp_path / 'k'}'") == secret


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "must be followed by a command"),
        ("'", "must be followed by a command"),
        ("/nowhere/kms topsecret", "cannot run /nowhere/kms"),
        ("false topsecret", "false ended with 1"),
        ("echo topsecret", "what the command printed does not hold a secret"),
    ],
)
def test_a_command_that_prints_none_is_refused_and_its_words_are_not_shown(
    command: str, said: str
) -> None:
    with pytest.raises(UnreadableInputError, match=said) as error:
        load_secret(f"cmd:{command}")
    assert "topsecret" not in str(error.value)


def test_a_process_with_a_key_dumps_no_core() -> None:
    script = (
        "import ctypes, resource; from pypot_cli.keys import forbid_dumps; forbid_dumps();"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "(0, 0) 0\n"
