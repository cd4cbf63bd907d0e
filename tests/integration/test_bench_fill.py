"""`pypot bench fill`, small: players come over the API, pots fill, and the next ones open."""

from pypot_cli.bench import fill


def test_pots_fill_over_the_api_and_the_next_ones_open() -> None:
    size = fill.Size(minutes=0.3, players=1500, templates=2, seed="a test")
    report = fill.run(size, lambda _step: None)
    assert report["broken"] == []
    assert report["failed"] == 0
    assert report["joins"] == report["entries"] > 0
    assert report["ok"]
    assert 0 < report["p50"] <= report["p99"]
    # In eighteen seconds no pot has had ninety.
    assert report["pots"] == 0
    assert "every invariant holds" in fill.table(report)
