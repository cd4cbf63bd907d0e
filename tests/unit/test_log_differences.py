"""Naming what became of the leaves of a copy."""

import pytest

from pypot_cli.audit_log.compare import differences


def named(kept: str, found: str) -> list[tuple[str, str]]:
    """Kinds and places; a letter is a leaf, and the copy begins at leaf 10."""
    leaves = [text.encode() for text in kept], [text.encode() for text in found]
    return [(each.kind, each.subject.removeprefix("leaf ")) for each in differences(*leaves, 10)]


@pytest.mark.parametrize(
    ("kept", "found", "names"),
    [
        ("abcdef", "abcdef", []),
        ("abcdef", "abcdefgh", []),
        ("", "ab", []),
        ("abcdef", "abXdef", [("edited", "12")]),
        ("abcdef", "abcdeX", [("edited", "15")]),
        ("abcdef", "XbcdeY", [("edited", "10"), ("edited", "15")]),
        ("abcdef", "abdef", [("deleted", "12")]),
        ("abcdef", "abdefg", [("deleted", "12")]),
        ("abcdef", "abXcdef", [("inserted", "12")]),
        ("abcdef", "acbdef", [("swapped", "12")]),
        ("abcdef", "bcdefa", [("swapped", "10")]),
        ("abcdef", "ebcdaf", [("swapped", "10"), ("swapped", "14")]),
        ("abcdef", "XYbcdef", [("edited", "10"), ("inserted", "11")]),
        ("abcdef", "Xdef", [("edited", "10"), ("deleted", "11"), ("deleted", "12")]),
        ("abcdef", "abcd", [("truncated", "14")]),
        ("abcdef", "", [("truncated", "10")]),
        ("abcdef", "abcXYZ", [("forked", "13")]),
        ("abcdef", "abXY", [("forked", "12")]),
        ("abcdef", "abXYZxyz", [("forked", "12")]),
    ],
)
def test_each_kind_has_its_name_and_place(
    kept: str, found: str, names: list[tuple[str, str]]
) -> None:
    assert named(kept, found) == names
