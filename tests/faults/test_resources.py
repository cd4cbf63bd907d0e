"""Disk, connections and memory run out and clocks step, under load: see the harness `resources`.

`pypot assure --only resources` does the same for longer.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.assurance.resources import FAULTS, Stage, Suffered, complaints, staged, suffer
from tests.support.fixtures import unavailable
from tests.support.packages import MissingProgramError

SECONDS = 1.0


@pytest.fixture(scope="module")
def ended() -> list[str]:
    """Services that ended by themselves."""
    return []


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, ended: list[str]) -> Iterator[Stage]:
    try:
        with staged(tmp_path_factory.mktemp("resources"), ended.append) as made:
            yield made
    except MissingProgramError as error:
        unavailable(str(error))


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_lost_and_everybody_goes_on(stage: Stage, name: str, ended: list[str]) -> None:
    assert complaints(name, suffer(stage, name, SECONDS)) == []
    assert ended == []


def suffered(**how: Any) -> Suffered:
    fine = Suffered(9, 2, 1, missing=0, twice=0, refused={"lost": 2}, longest_gap=1.0)
    return replace(fine, **how)


# That lost joins are counted is seen in tests/assurance/test_failover.py, by the same counting.
@pytest.mark.parametrize(
    "how",
    [
        {"missing": 1},
        {"twice": 1},
        {"refused": {"XX000": 1}},
        {"refused": {}},
        {"broken": ["whole"]},
    ],
    ids=lambda how: next(iter(how)),
)
def test_what_is_not_as_it_must_be_is_told(how: dict[str, Any]) -> None:
    assert complaints("disk full", suffered()) == []
    assert len(complaints("disk full", suffered(**how))) == 1


def test_only_a_clock_that_steps_may_hit_nobody() -> None:
    assert [name for name in FAULTS if not complaints(name, suffered(refused={}))] == [
        name for name in FAULTS if "clock" in name
    ]
