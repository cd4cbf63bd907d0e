"""A copy of a whole log in a directory, as c2sp.org/tlog-tiles lays it out.

`checkpoint`, `tile/L/N` with up to 256 hashes (of the subtrees of 256^L leaves) and
`tile/entries/N` with the leaves' data, each behind its length (u16). A tile that is not full yet
has its width behind it, `N.p/W`. Any web server can show it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness import tlog
from pypot_cli.files import read_if_there, write_durably

WIDTH = 256
"""Entries in a full tile."""


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Return a tile's path, such as `tile/0/x001/x234/067` or `tile/entries/000.p/3`."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    suffix = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{suffix}"


def extend(
    directory: Path, old_size: int, checkpoint: tlog.Checkpoint, data: Iterable[bytes]
) -> None:
    """Let the copy of `old_size` leaves become that of `checkpoint`, all but the checkpoint itself.

    `data` are the leaves from `first_needed(old_size)` on. Raises PypotError when they do not give
    the checkpoint's root, or cannot be written.
    """
    hashes: list[bytes] = []
    leaves = iter(data)
    for number in range(old_size // WIDTH, -(-checkpoint.size // WIDTH)):
        bundle = list(islice(leaves, min(WIDTH, checkpoint.size - number * WIDTH)))
        lengths_and_data = b"".join(len(each).to_bytes(2, "big") + each for each in bundle)
        _put(directory, "entries", number, len(bundle), lengths_and_data)
        hashes = [tlog.leaf_hash(each) for each in bundle]
        _put(directory, 0, number, len(hashes), b"".join(hashes))
    level = 1
    while above := checkpoint.size // WIDTH**level:
        for number in range(old_size // WIDTH ** (level + 1), -(-above // WIDTH)):
            first = number * WIDTH
            hashes = [
                _root(_hashes(directory, level - 1, below, WIDTH))
                for below in range(first, min(first + WIDTH, above))
            ]
            _put(directory, level, number, len(hashes), b"".join(hashes))
        level += 1
    if root_of(directory, checkpoint.size) != checkpoint.root:
        raise PypotError(
            f"the leaves do not give the root of the checkpoint, size {checkpoint.size}"
        )


def first_needed(old_size: int) -> int:
    """Return the index of the first leaf that `extend` needs: that of the last tile not full."""
    return old_size // WIDTH * WIDTH


def root_of(directory: Path, size: int) -> bytes:
    """Return the root over the first `size` leaves of the copy, from its tiles of hashes."""
    level = 0
    hashes: list[bytes] = []
    while (above := size // WIDTH**level) > 0:
        number, width = divmod(above, WIDTH)
        last = tlog.CompactRange()
        for each in _hashes(directory, level, number, width) if width else []:
            last.append(each)
        hashes = last.hashes + hashes
        level += 1
    return tlog.CompactRange(size, hashes).root()


def leaves_of(directory: Path, size: int, start: int = 0) -> Iterator[bytes]:
    """Yield the data of the copy's leaves [start, size), in order.

    Raises UnreadableInputError when a bundle is missing or damaged.
    """
    for number in range(start // WIDTH, -(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        bundle = _read(directory, "entries", number, width)
        for index in range(number * WIDTH, number * WIDTH + width):
            length = int.from_bytes(bundle[:2], "big")
            leaf, bundle = bundle[2 : 2 + length], bundle[2 + length :]
            if len(leaf) != length:
                raise UnreadableInputError(
                    f"{directory}: {tile_path('entries', number)} is damaged"
                )
            if index >= start:
                yield leaf


def _root(hashes: list[bytes]) -> bytes:
    whole = tlog.CompactRange()
    for each in hashes:
        whole.append(each)
    return whole.root()


def _hashes(directory: Path, level: int, number: int, width: int) -> list[bytes]:
    content = _read(directory, level, number, width)
    return [content[at : at + 32] for at in range(0, 32 * width, 32)]


def _read(directory: Path, level: int | str, number: int, width: int) -> bytes:
    # A tile that was not full when asked for may be full by now, and begins with the same.
    for name in dict.fromkeys((tile_path(level, number, width), tile_path(level, number))):
        content = read_if_there(directory / name)
        if content is not None and (level == "entries" or len(content) >= 32 * width):
            return content
    raise UnreadableInputError(f"{directory}: {tile_path(level, number, width)} is missing")


def _put(directory: Path, level: int | str, number: int, width: int, content: bytes) -> None:
    write_durably(directory / tile_path(level, number, width), content)
    if width == WIDTH:
        shutil.rmtree(directory / f"{tile_path(level, number)}.p", ignore_errors=True)
