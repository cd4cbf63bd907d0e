"""Signed notes: the bytes of Go's sumdb/note and of C2SP, and nothing that is not a note."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pypot_cli.fairness import note, signing
from pypot_cli.fairness.note import Note, Signature

# The example of golang.org/x/mod/sumdb/note.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSN"
    "XgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
WITNESS = bytes(range(32))
WITNESS_KEY = note.VerifierKey("w.example/1", note.COSIGNATURE_V1, signing.public_key(WITNESS))
SIGNED = Note(GO_TEXT, (note.sign(WITNESS, "a", GO_TEXT),))


def test_gos_example_is_read_verified_and_written_again() -> None:
    key = note.read_vkey(GO_VKEY)
    assert (key.name, key.key_id.hex(), key.kind) == ("PeterNeumann", "c74f20a3", note.ED25519)
    assert str(key) == GO_VKEY
    read = note.read_note(GO_NOTE.encode())
    assert read.text == GO_TEXT
    assert note.is_signed(read, key)
    assert str(read) == GO_NOTE


def test_a_changed_text_name_or_key_is_not_signed() -> None:
    key = note.read_vkey(GO_VKEY)
    (signature,) = note.read_note(GO_NOTE.encode()).signatures
    assert not note.is_signed(Note(GO_TEXT + "\n", (signature,)), key)
    assert not note.is_signed(Note(GO_TEXT, ()), key)
    other = Signature("Peter", signature.key_id, signature.value)
    assert not note.is_signed(Note(GO_TEXT, (other,)), key)
    renamed = note.VerifierKey("Peter", note.ED25519, key.public_key)
    assert not note.is_signed(Note(GO_TEXT, (other,)), renamed)
    assert note.is_signed(Note(GO_TEXT, (other, signature)), key)


def test_a_cosignature_covers_its_time_and_the_text() -> None:
    cosigned = note.cosign(WITNESS, "w.example/1", GO_TEXT, 1_700_000_000)
    assert cosigned.key_id == WITNESS_KEY.key_id
    # c2sp.org/tlog-cosignature: 8 bytes of time, big-endian, then Ed25519 over these bytes.
    message = b"cosignature/v1\ntime 1700000000\n" + GO_TEXT.encode()
    assert cosigned.value[:8] == (1_700_000_000).to_bytes(8, "big")
    assert signing.verify(signing.public_key(WITNESS), message, cosigned.value[8:])

    assert note.cosigned_at(Note(GO_TEXT, (cosigned,)), WITNESS_KEY) == 1_700_000_000
    earlier = (1_699_999_999).to_bytes(8, "big") + cosigned.value[8:]
    backdated = Signature(cosigned.name, cosigned.key_id, earlier)
    assert note.cosigned_at(Note(GO_TEXT, (backdated,)), WITNESS_KEY) is None
    assert not note.is_signed(Note(GO_TEXT, (backdated,)), WITNESS_KEY)
    assert note.cosigned_at(Note(GO_TEXT + "x\n", (cosigned,)), WITNESS_KEY) is None
    later = note.cosign(WITNESS, "w.example/1", GO_TEXT, 1_700_000_001)
    assert note.cosigned_at(Note(GO_TEXT, (later, cosigned)), WITNESS_KEY) == 1_700_000_000


def test_a_signature_is_no_cosignature_and_a_cosignature_no_signature() -> None:
    plain = note.VerifierKey("w.example/1", note.ED25519, WITNESS_KEY.public_key)
    assert plain.key_id != WITNESS_KEY.key_id
    signed = Note(GO_TEXT, (note.sign(WITNESS, "w.example/1", GO_TEXT),))
    cosigned = Note(GO_TEXT, (note.cosign(WITNESS, "w.example/1", GO_TEXT, 5),))
    assert note.is_signed(signed, plain)
    assert note.is_signed(cosigned, WITNESS_KEY)
    assert note.cosigned_at(signed, WITNESS_KEY) is None
    assert note.cosigned_at(signed, plain) is None
    assert not note.is_signed(cosigned, plain)


def test_merging_keeps_the_first_signature_of_each_key() -> None:
    one = note.cosign(WITNESS, "w", GO_TEXT, 1)
    two = note.cosign(WITNESS, "w", GO_TEXT, 2)
    other = note.cosign(WITNESS, "v", GO_TEXT, 3)
    assert Note(GO_TEXT, (one,)).merged((two, other)) == Note(GO_TEXT, (one, other))


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1),
    st.integers(0, 2**63),
)
def test_what_is_written_is_read_again(line: str, seconds: int) -> None:
    text = f"{line}\n\nmore\n"
    signatures = (note.sign(WITNESS, "a", text), note.cosign(WITNESS, "b/\u00e9", text, seconds))
    written = Note(text, signatures)
    assert note.read_note(str(written).encode()) == written
    assert all(note.read_signature(each.line()[:-1]) == each for each in signatures)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GO_TEXT.encode(),
        GO_TEXT.encode() + b"\n",
        GO_NOTE.encode()[:-1],
        GO_NOTE.encode() + b"\n",
        GO_NOTE.encode().replace(b"\n\n", b"\n"),
        GO_NOTE.encode().replace(b"If", b"\x01"),
        GO_NOTE.encode().replace(b"If", b"\r"),
        GO_NOTE.encode().replace(b"If", b"\xff"),
        GO_NOTE.encode().replace("\u2014".encode(), b"-"),
        GO_NOTE.encode().replace(b"PeterNeumann ", b"Peter+Neumann "),
        GO_NOTE.encode().replace(b"PeterNeumann ", b"Peter Neumann "),
        GO_NOTE.encode().replace(b"AM=\n", b"AM\n"),
        GO_NOTE.encode().replace(b"AM=\n", b"AN=\n"),
        f"{GO_TEXT}\n\u2014 PeterNeumann x08gow==\n".encode(),
        str(Note(GO_TEXT, SIGNED.signatures * 101)).encode(),
        b"x" * 1_000_001,
    ],
)
def test_what_is_no_signed_note_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"note|signature|name"):
        note.read_note(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        GO_VKEY[:-4],
        GO_VKEY.replace("c74f20a3", "c74f20a4"),
        GO_VKEY.replace("c74f20a3", "C74F20A3"),
        GO_VKEY.replace("Peter", "Paul"),
        GO_VKEY.replace("Peter", "Peter "),
        GO_VKEY.replace("+ARpc", "+AhPc"),
        "a+b6f1e0ab+" + base64.b64encode(b"\x01" + bytes(32)).decode(),
        str(note.VerifierKey("a", note.ED25519, bytes(32))),
    ],
)
def test_what_is_no_vkey_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="key"):
        note.read_vkey(text)
