"""The harness of canaries: it finds none, and finds each that is let out on purpose."""

from collections.abc import Iterator

import pytest

from tests.assurance.canaries import Used, found, staged


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Used]:
    with staged(tmp_path_factory.mktemp("canaries")) as used:
        yield used


def test_every_canary_is_where_it_may_be_kept_alone(used: Used) -> None:
    assert len(used.canaries) > 12
    assert found(used) == []


def test_a_canary_that_is_let_out_is_found(used: Used) -> None:
    """After the one above, since nothing takes back what was let out."""
    with used.server.db.admin() as conn:
        conn.execute("create table private.unrelated (note text)")
        for canary in used.canaries:
            text = canary.needles[0].decode()
            conn.execute("insert into private.unrelated values (%s)", [text])
        for canary in used.canaries[:1]:
            text = canary.needles[0].decode()
            conn.execute(f"do $$ begin raise log '{text}'; end $$".encode())
            conn.execute(f"set application_name = '{text}'".encode())
            conn.execute(
                "insert into private.metric_counts (grain, bucket, metric, label, amount)"
                " values ('day', '2026-01-01Z', 'refusals', %s, 1)",
                [f"{text} none"],
            )
            for file in ("api.log", "settle.log", "orchestrate.log"):
                with (used.place / file).open("a") as log:
                    log.write(text)
        said = found(used)
    for kind in {canary.kind for canary in used.canaries}:
        assert f"{kind} is in the dump of private.unrelated" in said
        assert f"{kind} is in a file of private.unrelated" in said
        assert f"{kind} is in the write-ahead log of private.unrelated" in said
    for place in (
        *("the write-ahead log", "a file of server.log", "pg_stat_statements", "the metrics"),
        *("the file api.log", "the file settle.log", "the file orchestrate.log"),
    ):
        assert f"a seed is in {place}" in said
