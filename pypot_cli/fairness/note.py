"""C2SP signed notes (c2sp.org/signed-note) and witness cosignatures (c2sp.org/tlog-cosignature).

A note is a text that ends with a newline, an empty line, and signature lines
`— NAME BASE64(key id || signature)`. A key is named, and written as a vkey,
`NAME+HEX(key id)+BASE64(type || public key)`; its type says what the signature covers: the text
alone (Ed25519), or the text and when it was seen (cosignature/v1).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final

from pypot_cli.fairness import signing
from pypot_cli.fairness.draw import sha256, u64

ED25519: Final = 0x01
"""Signature type: 64 bytes of Ed25519 over the text."""

COSIGNATURE_V1: Final = 0x04
"""Signature type: u64 Unix seconds, then 64 bytes of Ed25519 over time and text."""

_LARGEST = 1_000_000
_MOST_SIGNATURES = 100
_NAME = re.compile(r"[^\s+]+")
_KEY_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class VerifierKey:
    """The public half of a named key; `kind` is ED25519 or COSIGNATURE_V1."""

    name: str
    kind: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256(name || 0x0A || kind || public key)."""
        return sha256(self.name.encode(), b"\n", bytes([self.kind]), self.public_key)[:4]

    def __str__(self) -> str:
        """The vkey."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


@dataclass(frozen=True)
class Signature:
    """One signature line; `value` is what follows the 4 bytes of `key_id`."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """Return the line with its newline."""
        return f"\u2014 {self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"

    @property
    def time(self) -> int | None:
        """Unix seconds that a cosignature/v1 states, if this has the form of one. Unverified."""
        return int.from_bytes(self.value[:8], "big") if len(self.value) == 72 else None


@dataclass(frozen=True)
class Note:
    """A text, which ends with a newline, and the signatures under it, none of them verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """The note as it is stored and sent."""
        return f"{self.text}\n{''.join(each.line() for each in self.signatures)}"

    def merged(self, more: tuple[Signature, ...]) -> Note:
        """Return the note with those of `more` added whose key has not signed it yet."""
        kept: dict[tuple[str, bytes], Signature] = {}
        for each in (*self.signatures, *more):
            kept.setdefault((each.name, each.key_id), each)
        return Note(self.text, tuple(kept.values()))


def read_name(text: str) -> str:
    """Return a key's name. Raises ValueError if it is empty, or has a space or a plus in it."""
    if not _NAME.fullmatch(text):
        raise ValueError("the name of a key has no spaces and no plus")
    return text


def read_vkey(text: str) -> VerifierKey:
    """Return the key that a vkey spells.

    Raises ValueError for what is no vkey, a type other than the two here, a key id that is not the
    key's, or a key under which no signature would be accepted.
    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    read_name(name)
    value = _decoded(encoded)
    if len(value) != 33 or value[0] not in (ED25519, COSIGNATURE_V1):
        raise ValueError("a vkey is NAME+KEYID+BASE64 of an Ed25519 key")
    key = VerifierKey(name, value[0], value[1:])
    if not _KEY_ID.fullmatch(key_id) or key.key_id.hex() != key_id:
        raise ValueError("the key id in this vkey is not that of its name and key")
    if not signing.is_valid_key(key.public_key):
        raise ValueError("the key in this vkey is no Ed25519 public key")
    return key


def read_signature(line: str) -> Signature:
    """Return the signature of one line without its newline. Raises ValueError if it is none."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014":
        raise ValueError("a signature line is an em dash, a name and base64")
    value = _decoded(parts[2])
    if len(value) < 5:
        raise ValueError("a signature is 4 bytes of key id and more, in base64")
    return Signature(read_name(parts[1]), value[:4], value[4:])


def read_note(data: bytes) -> Note:
    """Return the note that `data` holds, its signatures unverified.

    Raises ValueError for what is no signed note: not UTF-8, control characters, no signature, or
    larger than any note needs to be.
    """
    if len(data) > _LARGEST:
        raise ValueError("too large for a signed note")
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise ValueError("a signed note is UTF-8") from None
    if _CONTROL.search(whole):
        raise ValueError("a signed note has no control characters")
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise ValueError("a signed note is a text, an empty line and signature lines")
    signatures = tuple(read_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > _MOST_SIGNATURES:
        raise ValueError(f"a signed note has at most {_MOST_SIGNATURES} signatures")
    return Note(text + "\n", signatures)


def sign(private_key: bytes, name: str, text: str) -> Signature:
    """Return the Ed25519 signature of a text by the 32-byte private key of that name."""
    key = VerifierKey(name, ED25519, signing.public_key(private_key))
    return Signature(name, key.key_id, signing.sign(private_key, text.encode()))


def cosign(private_key: bytes, name: str, text: str, seconds: int) -> Signature:
    """Return the cosignature/v1 of a text seen at `seconds` (Unix time)."""
    key = VerifierKey(name, COSIGNATURE_V1, signing.public_key(private_key))
    signed = signing.sign(private_key, cosigned_message(text, seconds))
    return Signature(name, key.key_id, u64(seconds) + signed)


def cosigned_message(text: str, seconds: int) -> bytes:
    """Return what a cosignature/v1 signs."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def is_signed(note: Note, key: VerifierKey) -> bool:
    """Say whether the text bears a valid signature by `key`, of either type."""
    return any(_verifies(note.text, each, key) for each in note.signatures)


def cosigned_at(note: Note, key: VerifierKey) -> int | None:
    """Return the earliest Unix time at which `key` (COSIGNATURE_V1) validly says it saw the text.

    None if it never did.
    """
    if key.kind != COSIGNATURE_V1:
        return None
    times = [each.time for each in note.signatures if _verifies(note.text, each, key)]
    return min((time for time in times if time is not None), default=None)


def _decoded(text: str) -> bytes:
    """Return the bytes that this is the base64 of; none if it is not that of any, as it stands."""
    try:
        value = base64.b64decode(text)
    except ValueError:
        return b""
    return value if base64.b64encode(value).decode() == text else b""


def _verifies(text: str, signature: Signature, key: VerifierKey) -> bool:
    if (signature.name, signature.key_id) != (key.name, key.key_id):
        return False
    if key.kind == ED25519:
        return signing.verify(key.public_key, text.encode(), signature.value)
    seconds = signature.time
    return seconds is not None and signing.verify(
        key.public_key, cosigned_message(text, seconds), signature.value[8:]
    )
