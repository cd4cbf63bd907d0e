"""`pypot verify` and `pypot keys new` as a shell sees them: exit codes, words, files."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pypot_cli.fairness import signing
from pypot_cli.game import GAME
from tests.unit import proofs
from tests.unit.proofs import GOLDEN, GOLDEN_2, info_of, make_proof, own_chain, to_text

WITNESS_KEY = str(proofs.WITNESS_KEY)
LOG_KEY = str(proofs.LOG_KEY)
ORCHESTRATOR = json.loads(GOLDEN.read_text())["orchestrator"]["public_key"]
SETTLEMENT = json.loads(GOLDEN.read_text())["settlement"]["public_key"]
PINNED = ["--orchestrator-key", ORCHESTRATOR, "--settlement-key", SETTLEMENT]


def pypot(*arguments: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )


def last_line(text: str) -> str:
    return text.rstrip("\n").rsplit("\n", 1)[-1]


@pytest.fixture
def forged(tmp_path: Path) -> Path:
    proof = json.loads(GOLDEN.read_text())
    proof["winning_ticket"] = 31
    file = tmp_path / "forged.json"
    file.write_text(json.dumps(proof))
    return file


def test_a_valid_proof_exits_with_0_and_says_whose_word_it_took() -> None:
    done = pypot("verify", GOLDEN, *PINNED)
    assert done.returncode == 0, done.stderr
    assert last_line(done.stdout) == "valid, signed by the keys you trust"
    assert "What this cannot prove" in done.stdout
    done = pypot("verify", GOLDEN)
    assert done.returncode == 0
    assert last_line(done.stdout) == "valid, keys taken from the proof itself (not pinned)"


def test_a_proof_is_read_from_standard_input() -> None:
    done = pypot("verify", "-", "--json", given=GOLDEN.read_text())
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["valid"] is True
    assert {check["outcome"] for check in report["checks"]} == {"ok", "not pinned"}


def test_a_forged_proof_exits_with_1_and_the_check_is_named(forged: Path) -> None:
    done = pypot("verify", forged, *PINNED)
    assert done.returncode == 1
    assert last_line(done.stdout) == "not valid: winning_ticket"
    done = pypot("verify", forged, "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert [c["name"] for c in report["checks"] if c["outcome"] == "failed"] == ["winning_ticket"]


def test_a_proof_by_a_key_that_is_not_trusted_exits_with_1() -> None:
    done = pypot("verify", GOLDEN, "--orchestrator-key", SETTLEMENT)
    assert done.returncode == 1
    assert last_line(done.stdout) == "not valid: orchestrator key"
    # Given twice, either will do: keys are rotated.
    both = ["--orchestrator-key", SETTLEMENT, "--orchestrator-key", ORCHESTRATOR]
    assert pypot("verify", GOLDEN, *both).returncode == 0


def test_draw_2_is_witnessed_only_by_a_witness_that_was_named() -> None:
    done = pypot("verify", GOLDEN_2, *PINNED)
    assert done.returncode == 0, done.stderr
    assert last_line(done.stdout) == "valid, signed by the keys you trust; unwitnessed"
    done = pypot("verify", GOLDEN_2, *PINNED, "--witness-key", WITNESS_KEY, "--log-key", LOG_KEY)
    assert done.returncode == 0, done.stderr
    assert last_line(done.stdout) == "valid, signed by the keys you trust; witnessed"
    assert "drand quicknet" in done.stdout


def test_draw_2_on_another_beacon_needs_its_info(tmp_path: Path) -> None:
    own = own_chain(private_key=7)
    file, info = tmp_path / "proof.json", tmp_path / "info.json"
    file.write_text(to_text(make_proof(draw_2=own)))
    info.write_text(json.dumps(info_of(own)))
    done = pypot("verify", file, *PINNED)
    assert done.returncode == 1
    assert last_line(done.stdout) == "not valid: beacon chain"
    assert "--beacon-chain" in done.stdout
    assert pypot("verify", file, *PINNED, "--beacon-chain", info).returncode == 0


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--witness-key", "abc", "a vkey is NAME+KEYID+BASE64"),
        ("--witness-key", LOG_KEY, "the vkey of a witness has type 4, this one 1"),
        ("--log-key", WITNESS_KEY, "the vkey of a log has type 1, this one 4"),
        ("--beacon-chain", "/none/info.json", "cannot read /none/info.json"),
        ("--beacon-chain", str(GOLDEN), "not the /info of a drand chain"),
        ("--beacon-key", "abc", "a public key is 64 lower-case hex digits"),
    ],
)
def test_what_cannot_be_trusted_exits_with_2(option: str, value: str, said: str) -> None:
    done = pypot("verify", GOLDEN_2, option, value)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the proof is not JSON"),
        (b"{", "the proof is not JSON"),
        (b"[1]", "the proof is not a JSON object"),
        (b"\xff", "the proof is not JSON"),
        (b" " * 300_000, "the proof is larger than"),
    ],
)
def test_what_cannot_be_read_exits_with_2_in_one_line(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "proof.json"
    file.write_bytes(content)
    done = pypot("verify", file)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"pypot: {said}")
    assert done.stderr.count("\n") == 1


def test_a_missing_file_and_a_directory_exit_with_2(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        done = pypot("verify", path)
        assert done.returncode == 2
        assert done.stderr.startswith(f"pypot: cannot read {path}: ")
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("key", ["", "abc", ORCHESTRATOR.upper(), "0" * 64])
def test_a_trusted_key_that_is_no_key_exits_with_2(key: str) -> None:
    done = pypot("verify", GOLDEN, "--settlement-key", key)
    assert done.returncode == 2
    assert "a public key is 64 lower-case hex digits" in done.stderr


def test_markup_and_control_characters_in_a_proof_are_printed_as_text(tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    file.write_text('{"[bold red]x[/]\\u001b[2J": 1, "version": "[link=http://x]"}')
    done = pypot("verify", file)
    assert done.returncode == 1
    assert "[bold red]x[/]\\x1b[2J" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_new_key_is_kept_in_a_private_file_and_only_its_public_half_is_shown(
    tmp_path: Path,
) -> None:
    file = tmp_path / "keys" / "settlement.key"
    done = pypot("keys", "new", "--out", file, "--purpose", "settlement", "--json")
    assert done.returncode == 0, done.stderr
    private = bytes.fromhex(file.read_text().strip())
    key = signing.public_key(private)
    assert json.loads(done.stdout) == {
        "file": str(file),
        "public_key": key.hex(),
        "kid settlement": signing.kid("settlement", key, GAME),
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert private.hex() not in done.stdout + done.stderr


def test_a_new_key_without_a_purpose_shows_the_kid_of_each(tmp_path: Path) -> None:
    done = pypot("keys", "new", "--out", tmp_path / "a.key")
    assert done.returncode == 0
    assert re.findall(r"^kid (\w+) +[0-9a-f]{16}$", done.stdout, re.MULTILINE) == [
        "orchestrator",
        "settlement",
        "beacon",
    ]


def test_a_new_key_never_overwrites_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    assert pypot("keys", "new", "--out", file).returncode == 0
    before = file.read_text()
    done = pypot("keys", "new", "--out", file)
    assert done.returncode == 1
    assert done.stderr == f"pypot: {file} exists: move it away, or name another file by --out\n"
    assert file.read_text() == before
