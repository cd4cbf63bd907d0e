"""The nearest name to a wrong one, as PostgREST hints at it.

PostgREST asks a fuzzy set: names that share 3-grams (or else 2-grams) with the wrong one, ranked by
how alike their counts of grams are, the best fifty of them ranked anew by Levenshtein distance.
Source: Glench/fuzzyset.js, which the Haskell package fuzzyset follows.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

_GRAM_SIZES = (3, 2)
_RANKED_BY_DISTANCE = 50
_NOT_A_WORD = re.compile(r"[^a-zA-Z0-9\u00c0-\u00ff, ]+")


def nearest(name: str, names: Iterable[str], least: float) -> str | None:
    """The name most like `name`, if it is at least `least` alike (0 to 1)."""
    wanted = name.lower()
    known = {each.lower(): each for each in names}
    if wanted in known:
        return known[wanted]
    for size in _GRAM_SIZES:
        ranked = [
            (likeness, each)
            for likeness, each in _by_distance(wanted, _by_grams(wanted, known, size))
            if likeness >= least
        ]
        if ranked:
            return known[ranked[0][1]]
    return None


def _by_grams(wanted: str, known: Iterable[str], size: int) -> list[str]:
    grams = _grams(wanted, size)
    scored = []
    for each in known:
        others = _grams(each, size)
        shared = sum(count * others[gram] for gram, count in grams.items())
        if shared:
            scored.append((shared / (_length(grams) * _length(others)), each))
    scored.sort(key=lambda pair: -pair[0])
    return [each for _, each in scored[:_RANKED_BY_DISTANCE]]


def _by_distance(wanted: str, candidates: Iterable[str]) -> list[tuple[float, str]]:
    pairs = [
        (1 - _distance(wanted, each) / max(len(wanted), len(each)), each) for each in candidates
    ]
    return sorted(pairs, key=lambda pair: -pair[0])


def _grams(text: str, size: int) -> Counter[str]:
    word = f"-{_NOT_A_WORD.sub('', text)}-".ljust(size, "-")
    return Counter(word[start : start + size] for start in range(len(word) - size + 1))


def _length(grams: Counter[str]) -> float:
    return math.sqrt(sum(count * count for count in grams.values()))


def _distance(left: str, right: str) -> int:
    """Levenshtein's: how many characters to insert, delete or replace."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]
