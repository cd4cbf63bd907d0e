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

NO_FORM = "a signed note is a text, an empty line and signature lines"
NO_LINE = "a signature line is an em dash, a name and base64"
NO_SIGNATURE = "a signature is 4 bytes of key id and more, in base64"
NO_NAME = "the name of a key has no spaces and no plus"
NO_VKEY = r"a vkey is NAME\+KEYID\+BASE64 of an Ed25519 key"
NO_ID = "the key id in this vkey is not that of its name and key"


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
    third = note.cosign(WITNESS, "u", GO_TEXT, 4)
    again = note.cosign(WITNESS, "u", GO_TEXT, 5)
    assert Note(GO_TEXT, (one, other)).merged((third, again, two)).signatures == (one, other, third)
    assert Note(GO_TEXT, (one, two, third, again, other)).merged(()).signatures == (
        one,
        third,
        other,
    )


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
    ("data", "why"),
    [
        (b"", NO_FORM),
        (GO_TEXT.encode(), NO_FORM),
        (GO_TEXT.encode() + b"\n", NO_FORM),
        (GO_NOTE.encode()[:-1], NO_FORM),
        (GO_NOTE.encode() + b"\n", NO_FORM),
        (GO_NOTE.encode().replace(b"\n\n", b"\n"), NO_FORM),
        (GO_NOTE.encode().replace(b"If", b"\x01"), "a signed note has no control characters"),
        (GO_NOTE.encode().replace(b"If", b"\r"), "a signed note has no control characters"),
        (GO_NOTE.encode().replace(b"If", b"\xff"), "a signed note is UTF-8"),
        (GO_NOTE.encode().replace("\u2014".encode(), b"-"), NO_LINE),
        (GO_NOTE.encode().replace(b"PeterNeumann ", b"Peter+Neumann "), NO_NAME),
        (GO_NOTE.encode().replace(b"PeterNeumann ", b"Peter Neumann "), NO_LINE),
        (GO_NOTE.encode().replace(b"PeterNeumann ", b"PeterNeumann  "), NO_LINE),
        (GO_NOTE.encode().replace(b"AM=\n", b"AM\n"), NO_SIGNATURE),
        (GO_NOTE.encode().replace(b"AM=\n", b"AN=\n"), NO_SIGNATURE),
        (GO_NOTE.encode().replace(b"AM=\n", b"A!M=\n"), NO_SIGNATURE),
        (f"{GO_TEXT}\n\u2014 PeterNeumann x08gow==\n".encode(), NO_SIGNATURE),
        (
            str(Note(GO_TEXT, SIGNED.signatures * 101)).encode(),
            "a signed note has at most 100 signatures",
        ),
        (b"x" * 1_000_001, "too large for a signed note"),
    ],
)
def test_what_is_no_signed_note_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=rf"^{why}$"):
        note.read_note(data)


def test_the_largest_note_and_the_most_signatures_are_read() -> None:
    rest = str(SIGNED).removeprefix(GO_TEXT)
    text = "x" * (1_000_000 - 1 - len(rest.encode())) + "\n"
    assert note.read_note((text + rest).encode()) == Note(text, SIGNED.signatures)
    many = Note(GO_TEXT, SIGNED.signatures * 100)
    assert note.read_note(str(many).encode()) == many


def test_a_signature_is_a_byte_or_more() -> None:
    short = Signature("a", bytes(4), b"x")
    assert note.read_signature(short.line()[:-1]) == short


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", NO_NAME),
        ("PeterNeumann", NO_VKEY),
        ("PeterNeumann+c74f20a3", NO_VKEY),
        (GO_VKEY[:-1], NO_VKEY),
        (GO_VKEY[:-4], NO_VKEY),
        (GO_VKEY.replace("ARpc", "A!Rpc"), NO_VKEY),
        (GO_VKEY.replace("c74f20a3", "c74f20a4"), NO_ID),
        (GO_VKEY.replace("c74f20a3", "C74F20A3"), NO_ID),
        (GO_VKEY.replace("Peter", "Paul"), NO_ID),
        (GO_VKEY.replace("Peter", "Peter "), NO_NAME),
        (GO_VKEY.replace("+ARpc", "+AhPc"), NO_VKEY),
        ("a+b6f1e0ab+" + base64.b64encode(b"\x01" + bytes(32)).decode(), NO_ID),
        (
            str(note.VerifierKey("a", note.ED25519, bytes(32))),
            "the key in this vkey is no Ed25519 public key",
        ),
    ],
)
def test_what_is_no_vkey_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=rf"^{why}$"):
        note.read_vkey(text)


def test_a_vkey_may_have_a_plus_in_its_base64() -> None:
    keys = [
        note.VerifierKey("a", note.ED25519, signing.public_key(bytes([n]) * 32)) for n in range(9)
    ]
    texts = [str(key) for key in keys]
    assert any(text.count("+") > 2 for text in texts)
    assert [note.read_vkey(text) for text in texts] == keys
