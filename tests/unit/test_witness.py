"""A witness answers as c2sp.org/tlog-witness says, and never cosigns two histories of one log."""

import base64
import json
from pathlib import Path

import pytest

from pypot_cli.audit_log.witness import Answer, Witness, held
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness import note as notes
from pypot_cli.fairness import signing, tlog
from pypot_cli.fairness.note import Note, VerifierKey
from pypot_cli.fairness.tlog import Checkpoint
from pypot_cli.keys import Secret, new_secret

ORIGIN = "log.example/pots"
LOG = new_secret()
LOG_KEY = VerifierKey(ORIGIN, notes.ED25519, signing.public_key(LOG.reveal()))
KEY = new_secret()
LEAVES = [str(n).encode() for n in range(20)]
FORK = [*LEAVES[:5], b"another", *LEAVES[6:]]
NOW = 1_700_000_000


def made(state: Path) -> Witness:
    return Witness("w.example/1", KEY, [LOG_KEY], state, lambda: NOW + 0.9)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "seen.json"


def signed(
    leaves: list[bytes], size: int, key: Secret = LOG, origin: str = ORIGIN
) -> tuple[Checkpoint, Note]:
    checkpoint = Checkpoint(origin, size, tlog.root(leaves[:size]))
    text = checkpoint.text()
    return checkpoint, Note(text, (notes.sign(key.reveal(), origin, text),))


def request(
    old: int, new: int, leaves: list[bytes] | None = None, proof: list[bytes] | None = None
) -> bytes:
    history = leaves or LEAVES
    path = tlog.consistency_path(history[:new], old) if proof is None else proof
    lines = [f"old {old}", *(base64.b64encode(each).decode() for each in path)]
    return ("\n".join(lines) + f"\n\n{signed(history, new)[1]}").encode()


def cosigned(witness: Witness, answer: Answer, size: int) -> int | None:
    assert answer.status == 200, answer
    checkpoint, _ = signed(LEAVES, size)
    signature = notes.read_signature(answer.body.removesuffix("\n"))
    return notes.cosigned_at(Note(checkpoint.text(), (signature,)), witness.vkey)


def test_what_continues_what_it_saw_is_cosigned(state: Path) -> None:
    witness = made(state)
    for old, new in ((0, 1), (1, 7), (7, 8), (8, 20), (20, 20)):
        assert cosigned(witness, witness.add_checkpoint(request(old, new)), new) == NOW
        assert witness.seen(ORIGIN) == signed(LEAVES, new)[0]


def test_it_remembers_over_a_restart(state: Path) -> None:
    made(state).add_checkpoint(request(0, 9))
    again = made(state)
    assert again.add_checkpoint(request(0, 12)) == Answer(409, "9\n", "text/x.tlog.size")
    assert cosigned(again, again.add_checkpoint(request(9, 12)), 12) == NOW


def test_a_fork_a_rollback_and_a_bad_proof_are_refused(state: Path) -> None:
    witness = made(state)
    witness.add_checkpoint(request(0, 9))
    before = state.read_bytes()
    # Another history of more leaves, of as many, and an older one.
    assert witness.add_checkpoint(request(9, 12, FORK)).status == 422
    answer = witness.add_checkpoint(request(9, 9, FORK))
    assert (answer.status, answer.kind) == (409, "text/plain; charset=utf-8")
    assert witness.add_checkpoint(request(0, 5)) == Answer(409, "9\n", "text/x.tlog.size")
    assert witness.add_checkpoint(request(5, 9)) == Answer(409, "9\n", "text/x.tlog.size")
    # No proof, too much of one, one of other sizes.
    path = tlog.consistency_path(LEAVES[:12], 9)
    for wrong in ([], [*path, path[0]], path[:-1], tlog.consistency_path(LEAVES[:12], 8)):
        assert witness.add_checkpoint(request(9, 12, proof=wrong)).status == 422
    assert witness.add_checkpoint(request(9, 9, proof=path)).status == 422
    assert state.read_bytes() == before


def test_an_old_size_beyond_the_checkpoint_is_a_bad_request(state: Path) -> None:
    assert made(state).add_checkpoint(request(9, 7, proof=[])).status == 400


def test_other_logs_and_other_keys_are_not_witnessed(state: Path) -> None:
    witness = made(state)
    _, other = signed(LEAVES, 3, origin="another.example")
    assert witness.add_checkpoint(f"old 0\n\n{other}".encode()).status == 404
    _, forged = signed(LEAVES, 3, key=new_secret())
    assert witness.add_checkpoint(f"old 0\n\n{forged}".encode()).status == 403
    checkpoint, _ = signed(LEAVES, 3)
    cosignature = notes.cosign(LOG.reveal(), ORIGIN, checkpoint.text(), NOW)
    unsigned = Note(checkpoint.text(), (cosignature,))
    assert witness.add_checkpoint(f"old 0\n\n{unsigned}".encode()).status == 403
    assert not state.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0",
        b"old 0\n\n",
        b"old 00\n\n" + request(0, 3)[7:],
        b"old -1\n\n" + request(0, 3)[7:],
        b"old \xd9\xa1\n\n" + request(0, 3)[7:],
        b"new 0\n\n" + request(0, 3)[7:],
        b"old 0\nAAAA\n\n" + request(0, 3)[7:],
        b"old 0\n" + 64 * (base64.b64encode(bytes(32)) + b"\n") + b"\n" + request(0, 3)[7:],
        request(0, 3).replace(b"\n3\n", b"\n03\n"),
    ],
)
def test_what_is_no_request_is_a_bad_one(state: Path, body: bytes) -> None:
    assert made(state).add_checkpoint(body).status == 400


def test_a_state_that_is_none_or_anothers_is_not_begun_anew(state: Path) -> None:
    for content in (b"", b"{}", b"[]", b'{"witness": 1, "logs": []}'):
        state.write_bytes(content)
        with pytest.raises(UnreadableInputError, match=r"would forget|another witness"):
            made(state)
    state.unlink()
    made(state).add_checkpoint(request(0, 3))
    with pytest.raises(UnreadableInputError, match="another witness"):
        Witness("w.example/2", KEY, [LOG_KEY], state)
    damaged = json.loads(state.read_text())
    damaged["logs"][ORIGIN]["root"] = "00"
    state.write_text(json.dumps(damaged))
    with pytest.raises(UnreadableInputError, match="would forget"):
        made(state)


def test_one_state_is_for_one_process(state: Path) -> None:
    with held(state), pytest.raises(PypotError, match="another witness is running"), held(state):
        pass
    with held(state):
        pass
