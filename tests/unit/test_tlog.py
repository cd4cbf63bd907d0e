"""The log's tree and proofs: RFC 6962's roots, proofs of every small size, and none too many."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pypot_cli.fairness import tlog
from pypot_cli.fairness.tlog import Checkpoint, CompactRange

# The leaves and roots that the reference implementation of RFC 6962 (Certificate Transparency)
# tests itself with: the root over the first n leaves, n from 1.
CT_LEAVES = [
    bytes.fromhex(data)
    for data in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Their paths of the same tree: (index, size, path) and (old size, new size, path).
CT_INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        3,
        ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    ),
]
CT_CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
LARGEST = 70
LEAVES = [bytes([n]) * 3 for n in range(LARGEST)]
ROOTS = [tlog.root(LEAVES[:size]) for size in range(LARGEST + 1)]


def unhex(path: list[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in path]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert tlog.root(CT_LEAVES[:size]).hex() == CT_ROOTS[size - 1]


def test_the_empty_log_has_the_hash_of_nothing() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tlog.root([]).hex() == tlog.EMPTY_ROOT.hex() == empty


@pytest.mark.parametrize(("index", "size", "path"), CT_INCLUSION)
def test_inclusion_is_that_of_certificate_transparency(
    index: int, size: int, path: list[str]
) -> None:
    assert tlog.inclusion_path(CT_LEAVES[:size], index) == unhex(path)
    root = bytes.fromhex(CT_ROOTS[size - 1])
    assert tlog.verify_inclusion(tlog.leaf_hash(CT_LEAVES[index]), index, size, unhex(path), root)


@pytest.mark.parametrize(("old", "new", "path"), CT_CONSISTENCY)
def test_consistency_is_that_of_certificate_transparency(
    old: int, new: int, path: list[str]
) -> None:
    assert tlog.consistency_path(CT_LEAVES[:new], old) == unhex(path)
    roots = [bytes.fromhex(CT_ROOTS[size - 1]) for size in (old, new)]
    assert tlog.verify_consistency(old, roots[0], new, roots[1], unhex(path))


def test_every_inclusion_up_to_70_leaves_verifies_at_its_own_place_only() -> None:
    for size in range(1, LARGEST + 1):
        for index in range(size):
            path = tlog.inclusion_path(LEAVES[:size], index)
            hashed = tlog.leaf_hash(LEAVES[index])
            assert tlog.verify_inclusion(hashed, index, size, path, ROOTS[size])
            assert not tlog.verify_inclusion(hashed, index ^ 1, size, path, ROOTS[size])
            assert not tlog.verify_inclusion(hashed, index, size, path, ROOTS[size - 1])
            assert not tlog.verify_inclusion(hashed, index, size, [*path, ROOTS[0]], ROOTS[size])
            if path:
                assert not tlog.verify_inclusion(hashed, index, size, path[:-1], ROOTS[size])


def test_every_consistency_up_to_70_leaves_verifies_for_its_own_sizes_only() -> None:
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            path = tlog.consistency_path(LEAVES[:new], old)
            assert tlog.verify_consistency(old, ROOTS[old], new, ROOTS[new], path)
            other = ROOTS[old - 1] if old else ROOTS[1]
            assert not tlog.verify_consistency(old, other, new, ROOTS[new], path)
            longer = [*path, ROOTS[1]]
            assert not tlog.verify_consistency(old, ROOTS[old], new, ROOTS[new], longer)
            if path:
                assert not tlog.verify_consistency(old, ROOTS[old], new, ROOTS[new], path[:-1])
                assert not tlog.verify_consistency(old, ROOTS[old], new, other, path)


def test_nothing_is_proven_about_leaves_and_sizes_that_are_not() -> None:
    assert not tlog.verify_inclusion(ROOTS[1], 1, 1, [], ROOTS[1])
    assert not tlog.verify_inclusion(ROOTS[1], -1, 1, [], ROOTS[1])
    assert not tlog.verify_consistency(2, ROOTS[2], 1, ROOTS[1], [])
    assert not tlog.verify_consistency(-1, ROOTS[0], 1, ROOTS[1], [])
    assert not tlog.verify_consistency(3, ROOTS[3], 5, ROOTS[5], [])
    for index in (-1, 3):
        with pytest.raises(IndexError, match=rf"^no leaf {index} among 3$"):
            tlog.inclusion_path(LEAVES[:3], index)
    for size in (-1, 4):
        with pytest.raises(IndexError, match=rf"^no {size} leaves among 3$"):
            tlog.consistency_path(LEAVES[:3], size)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_changed_bit_of_a_proof_breaks_it(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, LARGEST))
    old = data.draw(st.integers(1, new - 1))
    index = data.draw(st.integers(0, new - 1))
    proofs = tlog.consistency_path(LEAVES[:new], old), tlog.inclusion_path(LEAVES[:new], index)
    for kind, path in enumerate(proofs):
        at = data.draw(st.integers(0, 256 * len(path) - 1))
        changed = list(path)
        number = int.from_bytes(changed[at // 256], "big") ^ 1 << at % 256
        changed[at // 256] = number.to_bytes(32, "big")
        if kind == 0:
            assert not tlog.verify_consistency(old, ROOTS[old], new, ROOTS[new], changed)
        else:
            hashed = tlog.leaf_hash(LEAVES[index])
            assert not tlog.verify_inclusion(hashed, index, new, changed, ROOTS[new])


def test_a_compact_range_goes_on_where_it_was_left() -> None:
    for left in range(LARGEST):
        before = CompactRange()
        for data in LEAVES[:left]:
            before.append(tlog.leaf_hash(data))
        assert len(before.hashes) == left.bit_count()
        assert before.root() == ROOTS[left]
        after = CompactRange(before.size, before.hashes)
        for data in LEAVES[left:]:
            after.append(tlog.leaf_hash(data))
        assert after.root() == ROOTS[LARGEST]


NO_RANGE = "a compact range has one hash for each bit set in its size"


@pytest.mark.parametrize(
    ("size", "hashes", "why"),
    [
        (0, [bytes(32)], NO_RANGE),
        (1, [], NO_RANGE),
        (2, [bytes(32)] * 2, NO_RANGE),
        (-1, [bytes(32)], NO_RANGE),
        (3, [bytes(32), bytes(31)], "a hash is 32 bytes"),
        (3, [bytes(33), bytes(32)], "a hash is 32 bytes"),
    ],
)
def test_a_compact_range_of_another_size_is_refused(
    size: int, hashes: list[bytes], why: str
) -> None:
    with pytest.raises(ValueError, match=rf"^{why}$"):
        CompactRange(size, hashes)


def test_a_checkpoint_has_the_text_of_c2sp() -> None:
    # The example of c2sp.org/tlog-checkpoint.
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    found = tlog.read_checkpoint(text)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert found.text() == text
    assert tlog.read_checkpoint(text + "an extension\n") == found
    assert Checkpoint("o", 0, tlog.EMPTY_ROOT).text().startswith("o\n0\n47DEQpj8HBSa")


ROOT_TEXT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
NO_CHECKPOINT = "a checkpoint is three lines or more: origin, size and root"
NO_SIZE = "a size is a decimal number below 2^63 without leading zeros"
NO_HASH = "a hash is 32 bytes in standard base64"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", NO_CHECKPOINT),
        (f"o\n{ROOT_TEXT}\n", NO_CHECKPOINT),
        (f"o\n1\n{ROOT_TEXT}", NO_CHECKPOINT),
        (f"o\n1\n{ROOT_TEXT}\nextension", NO_CHECKPOINT),
        (f"o\n1\n{ROOT_TEXT}\n\n", NO_CHECKPOINT),
        (f"\n1\n{ROOT_TEXT}\n", NO_CHECKPOINT),
        (f"o\n01\n{ROOT_TEXT}\n", NO_SIZE),
        (f"o\n-1\n{ROOT_TEXT}\n", NO_SIZE),
        (f"o\n+1\n{ROOT_TEXT}\n", NO_SIZE),
        (f"o\n1 \n{ROOT_TEXT}\n", NO_SIZE),
        (f"o\n\u0661\n{ROOT_TEXT}\n", NO_SIZE),
        (f"o\n{2**63}\n{ROOT_TEXT}\n", NO_SIZE),
        ("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", NO_HASH),
        ("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", NO_HASH),
        ("o\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n", NO_HASH),
        (f"o\n1\n{ROOT_TEXT[:8]}!{ROOT_TEXT[8:]}\n", NO_HASH),
        (f"o\n1\n\u00e9{ROOT_TEXT[1:]}\n", NO_HASH),
        ("o\n1\nAAAA\n", NO_HASH),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=rf"^{re.escape(why)}$"):
        tlog.read_checkpoint(text)


def test_the_smallest_and_the_largest_size_are_read() -> None:
    for size in (0, 2**63 - 1):
        assert tlog.read_checkpoint(f"o\n{size}\n{ROOT_TEXT}\n").size == size
