"""A transparency log: the Merkle tree of RFC 6962 (2.1), its proofs, and C2SP checkpoints.

Leaf data are any bytes; hashes are 32 bytes of SHA-256; sizes and indices count leaves from 0.
Proofs are verified as RFC 9162 (2.1.3.2 and 2.1.4.2) says, and never trusted to be well formed.
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pypot_cli.fairness.draw import sha256

EMPTY_ROOT = sha256()
"""The root of a log without leaves."""

LONGEST_PATH = 63
"""No proof about a log of less than 2^63 leaves has more hashes."""

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_LARGEST_SIZE = 2**63 - 1


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 || data)."""
    return sha256(b"\x00", data)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01", left, right)


class CompactRange:
    """The leaves [0, size) as the hashes of its perfect subtrees, largest first.

    Enough to append and to tell the root: what is kept of `size` leaves is at most 63 hashes.
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Raises ValueError unless there is one hash of 32 bytes for each bit set in `size`."""
        self.size = size
        self.hashes = list(hashes)
        if size < 0 or len(self.hashes) != size.bit_count():
            raise ValueError("a compact range has one hash for each bit set in its size")
        if any(len(each) != 32 for each in self.hashes):
            raise ValueError("a hash is 32 bytes")

    def append(self, hashed: bytes) -> None:
        """Add the leaf whose `leaf_hash` this is."""
        below = self.size
        while below & 1:
            hashed = node_hash(self.hashes.pop(), hashed)
            below >>= 1
        self.hashes.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all the leaves."""
        if not self.hashes:
            return EMPTY_ROOT
        found = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            found = node_hash(left, found)
        return found


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf data (not hashes)."""
    whole = CompactRange()
    for data in leaves:
        whole.append(leaf_hash(data))
    return whole.root()


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the proof that leaf `index` is among `leaves` (data), leaf to root (RFC 9162, 2.1.3).

    Raises IndexError if there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_path(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_path(leaves[split:], index - split), root(leaves[:split])]


def consistency_path(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the log of `leaves` begins with its first `old_size` (RFC 9162, 2.1.4).

    Empty for 0 and for all of them. Raises IndexError if there are fewer leaves.
    """
    if not 0 <= old_size <= len(leaves):
        raise IndexError(f"no {old_size} leaves among {len(leaves)}")
    return _subproof(leaves, old_size, whole=True) if old_size else []


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool = False) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        return [*_subproof(leaves[:split], old_size, whole=whole), root(leaves[split:])]
    return [*_subproof(leaves[split:], old_size - split), root(leaves[:split])]


def _split(size: int) -> int:
    """Return the largest power of two below `size`, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


def verify_inclusion(
    hashed: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes
) -> bool:
    """Say whether `path` proves that leaf `index` of the log of that size and root is `hashed`.

    `hashed` is the leaf's `leaf_hash` (RFC 9162, 2.1.3.2).
    """
    if not 0 <= index < size:
        return False
    place, last = index, size - 1
    found = hashed
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == expected_root


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Say whether `path` proves that the newer log begins with the older one (RFC 9162, 2.1.4.2).

    Every log begins with the empty one, and a log with itself: both by the empty path alone.
    """
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    hashes = list(path)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)  # a perfect subtree is its own first node
    if not hashes:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = hashes[0]
    for node in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            older, newer = node_hash(node, older), node_hash(node, newer)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, node)
        place, last = place >> 1, last >> 1
    return last == 0 and older == old_root and newer == new_root


@dataclass(frozen=True)
class Checkpoint:
    """A log at one moment: `origin` names the log, `root` is over its first `size` leaves."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed (c2sp.org/tlog-checkpoint), without extension lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint of a note's text; extension lines are allowed and left out.

    Raises ValueError for anything that c2sp.org/tlog-checkpoint does not allow.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] != "" or any(not line for line in lines[:-1]):
        raise ValueError("a checkpoint is three lines or more: origin, size and root")
    origin, size, hashed = lines[:3]
    return Checkpoint(origin, read_size(size), read_hash(hashed))


def read_size(text: str) -> int:
    """Return a size in decimal without leading zeros. Raises ValueError otherwise."""
    if not _SIZE.fullmatch(text) or int(text) > _LARGEST_SIZE:
        raise ValueError("a size is a decimal number below 2^63 without leading zeros")
    return int(text)


def read_hash(text: str) -> bytes:
    """Return the 32 bytes of a hash in base64, the one spelling of it. Raises ValueError."""
    with contextlib.suppress(ValueError):
        value = base64.b64decode(text)
        if len(value) == 32 and base64.b64encode(value).decode() == text:
            return value
    raise ValueError("a hash is 32 bytes in standard base64")
