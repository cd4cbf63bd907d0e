"""What the options of a command name as trusted, and what is told of the rest."""

import json
from pathlib import Path
from typing import Any

import pytest

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import note, signing
from pypot_cli.fairness.beacon import QUICKNET
from pypot_cli.proof.trust import Trust, read_trust

KEYS = [signing.public_key(bytes([n]) * 32) for n in range(3)]
WITNESS = note.VerifierKey("w.example/1", note.COSIGNATURE_V1, KEYS[0])
LOG = note.VerifierKey("log.example/1", note.ED25519, KEYS[1])
INFO = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "drand_quicknet.json").read_text()
)["info"]  # fmt: skip
NONE: dict[str, Any] = {
    "orchestrator_keys": None, "settlement_keys": None, "beacon_keys": None, "chains": None,
    "witness_keys": None, "log_keys": None,
}  # fmt: skip
NONE_READ: dict[str, Any] = {option: [] for option in NONE}


def test_no_option_trusts_nobody() -> None:
    assert read_trust(**NONE) == Trust([], [], [], [], [], [])
    assert Trust() == Trust((), (), (), (), (), ())


@pytest.mark.parametrize("purpose", ["orchestrator_keys", "settlement_keys", "beacon_keys"])
def test_a_key_is_trusted_for_its_purpose_alone(purpose: str) -> None:
    given = [KEYS[2].hex(), KEYS[0].hex()]
    trust = read_trust(**{**NONE, purpose: given})
    assert trust == Trust(**{**NONE_READ, purpose: [KEYS[2], KEYS[0]]})
    with pytest.raises(UnreadableInputError, match="64 lower-case hex digits"):
        read_trust(**{**NONE, purpose: [KEYS[0].hex().upper()]})


def test_a_witness_and_a_log_have_keys_of_their_own_kinds() -> None:
    trust = read_trust(**{**NONE, "witness_keys": [str(WITNESS)], "log_keys": [str(LOG)]})
    assert trust == Trust(**{**NONE_READ, "witness_keys": [WITNESS], "log_keys": [LOG]})
    with pytest.raises(UnreadableInputError) as told:
        read_trust(**{**NONE, "witness_keys": [str(LOG)]})
    assert str(told.value) == "the vkey of a witness has type 4, this one 1"
    with pytest.raises(UnreadableInputError) as told:
        read_trust(**{**NONE, "log_keys": [str(WITNESS)]})
    assert str(told.value) == "the vkey of a log has type 1, this one 4"


@pytest.mark.parametrize("option", ["witness_keys", "log_keys"])
def test_what_is_no_vkey_is_told_as_such(option: str) -> None:
    with pytest.raises(UnreadableInputError) as told:
        read_trust(**{**NONE, option: ["w.example/1"]})
    assert str(told.value).startswith("a vkey is NAME+KEYID+BASE64")


def test_a_chain_is_read_from_drands_info(tmp_path: Path) -> None:
    info = tmp_path / "info.json"
    info.write_text(json.dumps(INFO))
    trust = read_trust(**{**NONE, "chains": [str(info)]})
    assert trust == Trust(**{**NONE_READ, "chains": [QUICKNET]})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "the chain's /info is not JSON: "),
        ("[]", "the chain's /info is not a JSON object"),
        ("{}", "{file}: not the /info of a drand chain: 'period'"),
        (json.dumps({**INFO, "period": 4}), "{file}: the chain that is described has the hash "),
        (json.dumps(INFO)[:-1] + ', "period": 3, "a": 1, "a": 1}', "{file}: "),
    ],
)
def test_what_is_no_chain_is_told_with_its_file(tmp_path: Path, content: str, told: str) -> None:
    info = tmp_path / "info.json"
    info.write_text(content)
    with pytest.raises(UnreadableInputError) as error:
        read_trust(**{**NONE, "chains": [str(info)]})
    assert str(error.value).startswith(told.format(file=info))


def test_everything_that_is_ambiguous_in_a_chain_is_named(tmp_path: Path) -> None:
    info = tmp_path / "info.json"
    info.write_text(json.dumps(INFO)[:-1] + ', "n": -0, "a": 1, "a": 2}')
    with pytest.raises(UnreadableInputError) as error:
        read_trust(**{**NONE, "chains": [str(info)]})
    assert str(error.value) == (
        f"{info}: the number -0 is not read alike by every program;"
        ' the key "a" appears twice in one object'
    )


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInputError, match=r"cannot read .*none\.json"):
        read_trust(**{**NONE, "chains": [str(tmp_path / "none.json")]})
