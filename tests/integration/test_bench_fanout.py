"""`pypot bench fanout`, small: every socket hears of every join."""

from pypot_cli.bench import fanout


def test_every_socket_hears_of_every_join() -> None:
    size = fanout.Size(seconds=1, rounds=1, joins=10, players=50, sockets=(1, 20), warm=0.5)
    report = fanout.run(size, lambda _step: None)
    assert report["broken"] == []
    assert report["ok"]
    for count in ("1", "20"):
        told = report["sockets"][count]
        assert told["delivered"] == 1
        assert 0 < told["latency"]["p50"] <= told["latency"]["p99"]
        assert told["offered"]["median"] > 0
        assert told["busy_joins"] > told["joins"] > 0
        assert told["cpu"]["median"] > 0
    assert "every invariant holds" in fanout.table(report)
