"""`pypot bench lock` and `pypot bench reads`, small: what they play is whole."""

import pytest

from pypot_cli.bench import lock, reads


def test_pots_of_two_sizes_come_to_their_end_and_their_proofs_verify() -> None:
    report = lock.run([100, 400], 1, lambda _step: None)
    assert report["ok"], report
    assert report["growth"].keys() == report["steps"].keys() == lock.STEPS.keys()
    assert all(seconds > 0 for each in report["steps"].values() for seconds in each.values())
    # Five of the first hundred are one person, and the scan says so.
    assert report["flags"]["100"] >= 5
    assert "every invariant holds" in lock.table(report)


def test_a_growth_is_the_exponent_of_a_power() -> None:
    assert lock.exponent({"10": 3.0, "100": 300.0, "1000": 30000.0}) == pytest.approx(2)
    assert lock.exponent({"10": 0.5, "1000": 0.5}) == pytest.approx(0)
    assert lock.exponent({"10": 0.5}) is None


def test_what_is_read_is_there_and_the_log_verifies_from_where_it_ended() -> None:
    report = reads.run(400, 300, lambda _step: None)
    assert report["ok"], report
    assert {"list_pots, page 1", "list_pots, page 20, open", "list_lock_entries, last 100"} <= set(
        report["reads"]
    )
    assert report["audit"]["whole"]["rows"] == 402  # each pot was opened, and the large one locked
    assert report["audit"]["added"]["rows"] == 4
    assert report["check"]["rows"] > 2000
    assert "every invariant holds" in reads.table(report)
