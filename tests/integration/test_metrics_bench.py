"""`pypot bench metrics`, small: the counters are right, and no query is slow."""

import pytest

from pypot_cli.bench import metrics


@pytest.mark.alone
def test_every_metric_answers_at_once_and_counts_what_there_is() -> None:
    report = metrics.run(20_000, lambda _step: None)
    assert report["right"]
    assert report["counters"] > 10_000
    assert len(report["queries"]) == 25
    slow = {n: q for n, q in report["queries"].items() if q["median"] >= metrics.TARGET_SECONDS}
    assert slow == {}
    assert report["events_per_second"] > 100
    assert "20000 entries of 1000 pots" in metrics.table(report)
