"""The copy of a log in a directory: the paths and tiles of C2SP, grown by uneven steps."""

import shutil
from pathlib import Path

import pytest

from pypot_cli.audit_log import tiles
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness import tlog
from pypot_cli.fairness.draw import sha256
from pypot_cli.fairness.tlog import Checkpoint

SIZES = [1, 2, 255, 256, 257, 511, 512, 700, 700, 1025]
LARGEST = 66_000
LEAVES = [sha256(str(n).encode()) for n in range(LARGEST)]


def checkpoint(size: int) -> Checkpoint:
    return Checkpoint("log", size, tlog.root(LEAVES[:size]))


def extend(directory: Path, old: int, new: int) -> None:
    tiles.extend(directory, old, checkpoint(new), LEAVES[tiles.first_needed(old) :])


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ((0, 0), "tile/0/000"),
        ((3, 1234067), "tile/3/x001/x234/067"),
        ((0, 273, 112), "tile/0/273.p/112"),
        (("entries", 1000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_a_tile_has_the_path_of_c2sp(arguments: tuple[int, int], path: str) -> None:
    assert tiles.tile_path(*arguments) == path


def test_a_copy_grows_by_any_steps(tmp_path: Path) -> None:
    old = 0
    for size in SIZES:
        extend(tmp_path, old, size)
        assert tiles.root_of(tmp_path, size) == checkpoint(size).root
        assert list(tiles.leaves_of(tmp_path, size)) == LEAVES[:size]
        assert list(tiles.leaves_of(tmp_path, size, old)) == LEAVES[old:size]
        old = size
    # What was published of a smaller size is read from the tiles that are full by now.
    assert list(tiles.leaves_of(tmp_path, 300)) == LEAVES[:300]
    assert not (tmp_path / "tile/0/000.p").exists()


def test_the_third_level_begins_at_65536_leaves(tmp_path: Path) -> None:
    extend(tmp_path, 0, 65_000)
    extend(tmp_path, 65_000, LARGEST)
    assert tiles.root_of(tmp_path, LARGEST) == checkpoint(LARGEST).root
    assert (tmp_path / "tile/2/000.p/1").read_bytes() == tlog.root(LEAVES[:65_536])
    shutil.rmtree(tmp_path / "tile/2")
    with pytest.raises(UnreadableInputError, match="is missing"):
        tiles.root_of(tmp_path, LARGEST)


def test_leaves_that_are_not_the_checkpoints_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PypotError, match="do not give"):
        tiles.extend(tmp_path, 0, checkpoint(3), [*LEAVES[:2], LEAVES[7]])


def test_a_damaged_bundle_is_told(tmp_path: Path) -> None:
    extend(tmp_path, 0, 3)
    bundle = tmp_path / "tile/entries/000.p/3"
    bundle.write_bytes(bundle.read_bytes()[:-1])
    with pytest.raises(UnreadableInputError, match="is damaged"):
        list(tiles.leaves_of(tmp_path, 3))
    bundle.unlink()
    with pytest.raises(UnreadableInputError, match="is missing"):
        list(tiles.leaves_of(tmp_path, 3))
