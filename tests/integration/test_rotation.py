"""Templates rotate without a gap, and a lock is settled at once."""

import pytest

from pypot_cli.bench import rotation


@pytest.mark.alone
def test_three_templates_rotate_and_settle_within_two_seconds() -> None:
    said: list[str] = []
    report = rotation.run(24, said.append)
    assert report["pots"] >= 24
    assert report["gap"]["worst"] < 1
    assert report["settle"]["median"] < 2
    assert report["broken"] == []
    assert "every invariant holds" in rotation.table(report)
