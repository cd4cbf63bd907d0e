"""The Merkle sum tree over a round's entries: RFC 6962 shape, and every node also carries a sum.

A node is (sum, hash). Because each parent hashes the sums of both children, a path from a leaf to
the root proves not only that the entry was there but which tickets it held: its first ticket is
the sum over all the siblings on its left (contract, section 5).
"""

from __future__ import annotations

import functools
import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeVar
from uuid import UUID

from pypot_cli.fairness.draw import sha256, tag, u32, u64

N = TypeVar("N")

_PACKED = struct.Struct(">Q32s")
"""A packed node: u64 sum ‖ hash."""

ENTRY = struct.Struct(">QI32s")
"""A packed entry: u64 first ticket ‖ u32 ticket count ‖ entrant tag, the last two hashed."""

_PIECE = 4096
"""Leaves that a growing tree folds into one node: a power of two, so that it is whole."""

_HASHED = struct.Struct(">8x36s")
"""Of a packed entry what its leaf hashes: the count and the tag."""

_PAIR = struct.Struct(f"{2 * _PACKED.size}s")
_SUMS = struct.Struct(">Q32xQ32x")
"""Of a pair of packed nodes the two sums."""


class Node(NamedTuple):
    """`sum` counts the tickets below the node, `hash` is 32 bytes."""

    sum: int
    hash: bytes


class Sibling(NamedTuple):
    """One step of a path: the other child, and on which side of us it is."""

    side: Literal["left", "right"]
    sum: int
    hash: bytes


def leaf(round_id: UUID, ticket_count: int, entrant_tag: bytes, game: str) -> Node:
    """Return the leaf of one entry. Raises OverflowError unless `ticket_count` fits 32 bits."""
    hashed = sha256(
        b"\x00", tag(f"{game}/entry/v1"), round_id.bytes, u32(ticket_count), entrant_tag
    )
    return Node(ticket_count, hashed)


def join(left: Node, right: Node) -> Node:
    """Return the parent of two nodes."""
    hashed = sha256(b"\x01", u64(left.sum), left.hash, u64(right.sum), right.hash)
    return Node(left.sum + right.sum, hashed)


def levels(leaves: Sequence[N], combine: Callable[[N, N], N]) -> list[list[N]]:
    """Return every level of the tree, the leaves first and the root, alone, last.

    Nodes pair up from the left and an odd last one moves up unchanged, which is the tree of
    RFC 6962, section 2.1 (there: split at the largest power of two below n). Raises ValueError
    without leaves: a round without entries has no root.
    """
    if not leaves:
        raise ValueError("a tree needs at least one leaf")
    tree = [list(leaves)]
    while len(tree[-1]) > 1:
        below = tree[-1]
        above = [combine(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
        if len(below) % 2:
            above.append(below[-1])
        tree.append(above)
    return tree


def siblings(tree: Sequence[Sequence[N]], index: int) -> list[tuple[Literal["left", "right"], N]]:
    """Return the audit path of leaf `index`, leaf to root (RFC 6962, section 2.1.1), with sides.

    Raises IndexError if there is no such leaf.
    """
    if not 0 <= index < len(tree[0]):
        raise IndexError(f"no leaf {index} in a tree of {len(tree[0])}")
    found: list[tuple[Literal["left", "right"], N]] = []
    for level in tree[:-1]:
        if index % 2:
            found.append(("left", level[index - 1]))
        elif index + 1 < len(level):
            found.append(("right", level[index + 1]))
        index //= 2
    return found


def root(leaves: Sequence[Node]) -> Node:
    """Return the root: its hash is `entries_root`, its sum the number of tickets."""
    return levels(leaves, join)[-1][0]


def packed_leaves(round_id: UUID, entries: bytes, game: str) -> bytes:
    """Return what `leaf` returns of each packed entry, as packed nodes of u64 sum ‖ hash.

    Without an object an entry a tree of a million takes a few seconds. Raises struct.error for a
    part of an entry.
    """
    domain = b"\x00" + tag(f"{game}/entry/v1") + round_id.bytes
    return b"".join(
        bytes(4) + hashed[:4] + hashlib.sha256(domain + hashed).digest()
        for (hashed,) in _HASHED.iter_unpack(entries)
    )


def packed_root(nodes: bytes) -> Node:
    """Return the root over packed leaves, as `root` does over nodes.

    Raises ValueError without leaves or with a part of one, OverflowError above 64-bit sums.
    """
    if not nodes or len(nodes) % _PACKED.size:
        raise ValueError("a tree needs at least one leaf, and whole ones")
    while len(nodes) > _PACKED.size:
        nodes = b"".join(_parents(nodes))
    return Node(*_PACKED.unpack(nodes))


def _parents(nodes: bytes) -> Iterator[bytes]:
    """Yield the level above packed nodes; an odd last node moves up as it is."""
    paired = len(nodes) - len(nodes) % _PAIR.size
    for (pair,) in _PAIR.iter_unpack(nodes[:paired]):
        yield u64(sum(_SUMS.unpack(pair))) + hashlib.sha256(b"\x01" + pair).digest()
    yield nodes[paired:]


class GrowingTree:
    """The root over packed leaves that come in parts of any length: `packed_root` of all of them.

    It holds the last leaves, fewer than a piece, and a node of each size of whole trees before
    them, so that a tree of any number of leaves takes a few hundred kilobytes.
    """

    def __init__(self) -> None:
        self._waiting = b""
        self._whole: list[tuple[int, Node]] = []
        """Leaves below and root of each whole tree, the largest, which is leftmost, first."""

    def add(self, nodes: bytes) -> None:
        """Take the next packed leaves."""
        nodes = self._waiting + nodes
        whole = len(nodes) - len(nodes) % (_PIECE * _PACKED.size)
        for begin in range(0, whole, _PIECE * _PACKED.size):
            size, node = _PIECE, packed_root(nodes[begin : begin + _PIECE * _PACKED.size])
            while self._whole and self._whole[-1][0] == size:
                node = join(self._whole.pop()[1], node)
                size *= 2
            self._whole.append((size, node))
        self._waiting = nodes[whole:]

    def root(self) -> Node:
        """Return the root over all that was added. Raises as `packed_root`."""
        nodes = [node for _, node in self._whole]
        if self._waiting or not nodes:
            nodes.append(packed_root(self._waiting))
        return functools.reduce(lambda right, left: join(left, right), reversed(nodes))


def path(leaves: Sequence[Node], index: int) -> list[Sibling]:
    """Return the `merkle_path` of leaf `index`, leaf to root; empty for an only leaf."""
    steps = siblings(levels(leaves, join), index)
    return [Sibling(side, node.sum, node.hash) for side, node in steps]


def fold(start: Node, steps: Iterable[Sibling]) -> Node:
    """Return the root that a leaf and its path lead to. Raises OverflowError above 64-bit sums."""
    node = start
    for step in steps:
        other = Node(step.sum, step.hash)
        node = join(other, node) if step.side == "left" else join(node, other)
    return node


def first_ticket(steps: Iterable[Sibling]) -> int:
    """Return the index of an entry's first ticket: all tickets on the left of its path."""
    return sum(step.sum for step in steps if step.side == "left")
