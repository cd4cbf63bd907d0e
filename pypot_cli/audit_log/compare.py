"""Naming how a log differs from an outside copy of it, leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from pypot_cli.audit_log.finding import Finding


def differences(kept: Sequence[bytes], found: Sequence[bytes], start: int) -> Iterator[Finding]:
    """Yield what became of the `kept` leaves among those `found` now; both begin at leaf `start`.

    Leaves are hashes of rows and as good as unique. What only stands behind the kept ones was
    logged since, and is no difference. Where from some leaf on not one of several is left, the log
    was forked there. A chain that was made anew is "edited" from its changed row on.
    """
    same = 0
    while same < min(len(kept), len(found)) and kept[same] == found[same]:
        same += 1
    before, now = kept[same:], found[same:]
    places = {leaf: start + same + at for at, leaf in enumerate(now)}
    lost = sum(leaf not in places for leaf in before)
    if now and 1 < lost == len(before):
        yield Finding(
            "forked", f"leaf {start + same}", f"from here on all {lost} leaves are others"
        )
        return
    old = set(before)
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        was = [(start + same + i, before[i]) for i in range(i1, i2)]
        gone = [each for each in was if each[1] not in places]
        new = [j for j in range(j1, j2) if now[j] not in old]
        for index, leaf in was:
            if leaf in places:
                yield Finding("swapped", f"leaf {index}", f"is now leaf {places[leaf]}")
        for (index, leaf), j in zip(gone, new, strict=False):
            yield Finding("edited", f"leaf {index}", f"was {leaf.hex()}, is {now[j].hex()}")
        at_the_end = i2 == len(before)
        if at_the_end and not now[j1:] and gone == was:
            yield Finding("truncated", f"leaf {gone[0][0]}", f"the last {len(gone)} are gone")
        else:
            for index, leaf in gone[len(new) :]:
                yield Finding("deleted", f"leaf {index}", f"{leaf.hex()} is gone")
        if not at_the_end:
            for j in new[len(gone) :]:
                yield Finding("inserted", f"leaf {start + same + j}", f"{now[j].hex()} is new")
