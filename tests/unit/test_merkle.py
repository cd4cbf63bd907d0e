"""The Merkle sum tree: the shape of RFC 6962, and paths that prove ticket ranges."""

import struct
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pypot_cli.fairness import merkle
from pypot_cli.fairness.draw import sha256, u64
from pypot_cli.fairness.merkle import Node, Sibling
from pypot_cli.game import GAME

POT = UUID("3f0e6a52-9c1d-4b7a-8e25-d1c0ffee0001")

COUNTS = st.lists(st.integers(1, 2**20), min_size=1, max_size=40)

# The leaves and roots that the reference implementation of RFC 6962 (Certificate Transparency)
# tests itself with: the root over the first n leaves, n from 1.
CT_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
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


def leaves_of(counts: list[int]) -> list[Node]:
    return [
        merkle.leaf(POT, count, sha256(str(i).encode()), GAME) for i, count in enumerate(counts)
    ]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_shape_gives_the_roots_of_certificate_transparency(size: int) -> None:
    hashed = [sha256(b"\x00", bytes.fromhex(data)) for data in CT_LEAVES[:size]]
    tree = merkle.levels(hashed, lambda left, right: sha256(b"\x01", left, right))
    assert tree[-1][0].hex() == CT_ROOTS[size - 1]


def test_the_paths_of_the_seven_leaf_tree_in_rfc_6962_section_2_1_3() -> None:
    names = {"ab": "g", "cd": "h", "ef": "i", "gh": "k", "ij": "l", "kl": "hash"}
    tree = merkle.levels(list("abcdefj"), lambda left, right: names[left + right])
    assert tree[-1] == ["hash"]
    paths = {leaf: [name for _, name in merkle.siblings(tree, leaf)] for leaf in (0, 3, 4, 6)}
    assert paths == {0: ["b", "h", "l"], 3: ["c", "g", "l"], 4: ["f", "j", "k"], 6: ["i", "k"]}


def test_a_leaf_and_a_node_hash_as_in_the_contract() -> None:
    tag = b"\x44" * 32
    one, two = merkle.leaf(POT, 10, tag, GAME), merkle.leaf(POT, 25, tag, GAME)
    prefix = b"\x00pots/entry/v1\x00" + POT.bytes
    assert one == Node(10, sha256(prefix + b"\x00\x00\x00\x0a" + tag))
    between = bytes(7) + b"\x0a" + one.hash + bytes(7) + b"\x19" + two.hash
    assert merkle.join(one, two) == Node(35, sha256(b"\x01" + between))


def test_a_single_entry_is_the_root_and_its_path_is_empty() -> None:
    (only,) = leaves_of([7])
    assert merkle.root([only]) == only
    assert merkle.path([only], 0) == []
    assert merkle.first_ticket([]) == 0


def test_no_entries_have_no_root() -> None:
    with pytest.raises(ValueError, match=r"^a tree needs at least one leaf$"):
        merkle.root([])


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_path_of_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError, match=r"^no leaf -?\d+ in a tree of \d+$"):
        merkle.path(leaves_of([1, 2, 3]), index)


@pytest.mark.parametrize("count", [-1, 2**32])
def test_a_ticket_count_fits_32_bits(count: int) -> None:
    with pytest.raises(OverflowError):
        merkle.leaf(POT, count, bytes(32), GAME)


@given(COUNTS)
def test_every_path_leads_to_the_root_and_shows_the_first_ticket(counts: list[int]) -> None:
    leaves = leaves_of(counts)
    root = merkle.root(leaves)
    assert root.sum == sum(counts)
    for index, leaf in enumerate(leaves):
        steps = merkle.path(leaves, index)
        assert merkle.fold(leaf, steps) == root
        assert merkle.first_ticket(steps) == sum(counts[:index])
        assert len(steps) <= (len(counts) - 1).bit_length()


@given(COUNTS, st.data())
def test_a_path_that_was_altered_leads_elsewhere(counts: list[int], data: st.DataObject) -> None:
    leaves = leaves_of([*counts, 1])
    index = data.draw(st.integers(0, len(leaves) - 1))
    steps = merkle.path(leaves, index)
    at = data.draw(st.integers(0, len(steps) - 1))
    side, total, hashed = steps[at]
    altered = data.draw(
        st.sampled_from(
            [
                Sibling("left" if side == "right" else "right", total, hashed),
                Sibling(side, total + 1, hashed),
                Sibling(side, total, sha256(hashed)),
            ]
        )
    )
    root = merkle.root(leaves)
    assert merkle.fold(leaves[index], [*steps[:at], altered, *steps[at + 1 :]]).hash != root.hash
    assert merkle.fold(leaves[index], steps[:at] + steps[at + 1 :]).hash != root.hash


@given(COUNTS, st.data())
def test_moving_one_ticket_between_entries_changes_the_root(
    counts: list[int], data: st.DataObject
) -> None:
    before = [*counts, 2]
    giver = data.draw(st.integers(0, len(before) - 2))
    after = before.copy()
    after[-1] -= 1
    after[giver] += 1
    assert merkle.root(leaves_of(before)).hash != merkle.root(leaves_of(after)).hash


def test_another_game_and_another_round_have_other_leaves() -> None:
    here = merkle.leaf(POT, 1, bytes(32), GAME)
    assert here != merkle.leaf(POT, 1, bytes(32), "battles")
    assert here != merkle.leaf(UUID(int=POT.int + 1), 1, bytes(32), GAME)


@given(COUNTS)
def test_packed_leaves_and_nodes_are_the_same_tree(counts: list[int]) -> None:
    entries = b"".join(
        merkle.ENTRY.pack(0, count, sha256(str(i).encode())) for i, count in enumerate(counts)
    )
    leaves = merkle.packed_leaves(POT, entries, GAME)
    assert leaves == b"".join(u64(node.sum) + node.hash for node in leaves_of(counts))
    assert merkle.packed_root(leaves) == merkle.root(leaves_of(counts))


@given(st.lists(st.integers(0, 40), max_size=12))
def test_a_tree_that_grows_by_parts_is_the_whole_one(parts: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merkle, "_PIECE", 8)
        leaves = [u64(each) + sha256(str(each).encode()) for each in range(sum(parts))]
        tree, begin = merkle.GrowingTree(), 0
        for length in parts:
            tree.add(b"".join(leaves[begin : begin + length]))
            begin += length
            if begin:
                assert tree.root() == merkle.packed_root(b"".join(leaves[:begin]))


def test_a_tree_of_nothing_has_no_root() -> None:
    with pytest.raises(ValueError, match="at least one leaf"):
        merkle.GrowingTree().root()


def test_a_growing_tree_holds_a_piece_and_a_node_a_level() -> None:
    tree, part = merkle.GrowingTree(), (u64(1) + bytes(32)) * 10_000
    for _ in range(3):
        tree.add(part)
    assert len(tree._waiting) == 30_000 % 4096 * 40
    assert [size for size, _ in tree._whole] == [16384, 8192, 4096]


@pytest.mark.parametrize("nodes", [b"", bytes(39), bytes(81)])
def test_a_part_of_a_packed_node_has_no_root(nodes: bytes) -> None:
    with pytest.raises(ValueError, match=r"^a tree needs at least one leaf, and whole ones$"):
        merkle.packed_root(nodes)


@pytest.mark.parametrize("size", [1, 43, 45])
def test_a_part_of_a_packed_entry_has_no_leaf(size: int) -> None:
    with pytest.raises(struct.error):
        merkle.packed_leaves(POT, bytes(size), GAME)


def test_a_packed_leaf_counts_all_tickets_that_an_entry_can_have_and_hashes_no_place() -> None:
    tag, most = b"\x44" * 32, 2**32 - 1
    leaf = merkle.leaf(POT, most, tag, GAME)
    for first in (0, 2**64 - 1):
        packed = merkle.packed_leaves(POT, merkle.ENTRY.pack(first, most, tag), GAME)
        assert packed == u64(most) + leaf.hash


def test_a_sum_of_tickets_is_64_bits_in_either_form_of_a_tree() -> None:
    most, one, none = (Node(total, bytes(32)) for total in (2**64 - 2, 1, 0))
    for last in (one, none):
        packed = merkle.packed_root(b"".join(u64(node.sum) + node.hash for node in (most, last)))
        assert packed == merkle.root([most, last])
    with pytest.raises(OverflowError):
        merkle.packed_root((u64(2**63) + bytes(32)) * 2)
