"""The harness of the operator's attacks: `pypot attack`, as many rounds as there is time for."""

import time

from pypot_cli import attack
from pypot_cli.assure import Harness, Run

_FIRST = 500


def run(going: Run) -> None:
    """Plays every attack: a few rounds, which show how many there is time for, then those."""
    began = time.monotonic()
    draws = _play(going, _FIRST)
    # Most of the first batch's time is the server's start, so this errs on the short side.
    more = int(draws * going.left / (time.monotonic() - began) * 0.8)
    if more >= _FIRST:
        draws += _play(going, more)
    going.figure("rounds of each attack", draws)


def _play(going: Run, draws: int) -> int:
    report = attack.run(draws, (), f"{going.seed}/{draws}", attack.Screen())
    for sentence in report.broken:
        going.fail(sentence)
    going.count("moves answered as they must be", sum(each.as_expected for each in report.answers))
    return draws


HARNESS = Harness(
    name="draws",
    what="The operator plays every attack against both draws, and must not win more than is fair",
    minutes=3,
    threats=(25, 26, 27, 28),
    controls=("tests/acceptance/test_attack.py::test_a_database_that_lets_a_move_happen_fails_it",),
    run=run,
)
