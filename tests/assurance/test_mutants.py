"""A sample of mutants dies in every run, and one that nobody looks at is named."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.assurance import mutants as harness
from tests.assurance.mutants import (
    CATALOGUE,
    RACES,
    TAP,
    Mutant,
    Suite,
    Touched,
    in_turn,
    killer,
    lives,
    mutants,
    race_fails,
    read_waivers,
    touched,
    waivers,
)
from tests.support.database import Database
from tests.support.servers import Servers

# By name, since a sample of functions takes minutes: a guard that pgTAP sees go.
OF_FUNCTIONS = "comparison private.list_alerts #1"


@pytest.fixture
def everything(db: Database) -> Iterator[list[Mutant]]:
    with db.admin() as conn:
        yield mutants(conn)


def test_a_sample_of_the_catalogue_is_noticed(
    servers: Servers, db: Database, everything: list[Mutant]
) -> None:
    order = [each for each in in_turn(everything, 8) if each.kind in CATALOGUE]
    sample = order[: 2 * len(CATALOGUE)]
    assert Counter(each.kind for each in sample) == dict.fromkeys(CATALOGUE, 2)
    with db.admin() as conn:
        suite = Suite(conn)
        assert [each.id for each in sample if lives(servers, each, conn, suite)] == []


def test_those_with_a_waiver_are_tried_last(everything: list[Mutant]) -> None:
    waived = set(waivers())
    order = [each.id for each in in_turn(everything, 8, waived)]
    assert sorted(order) == sorted(each.id for each in everything)
    assert set(order[-len(waived) :]) == waived


def test_a_mutated_function_is_noticed_by_pgtap(
    servers: Servers, db: Database, everything: list[Mutant]
) -> None:
    (mutant,) = (each for each in everything if each.id == OF_FUNCTIONS)
    with db.admin() as conn:
        suite = Suite(conn)
    assert killer(servers, suite, mutant) is not None


def test_a_mutant_that_never_ends_is_noticed(
    servers: Servers, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness, "_FILE_SECONDS", 3.0)
    endless = (
        "create or replace function private.now() returns timestamptz language sql volatile"
        " as 'select clock_timestamp() from pg_sleep(600)'"
    )
    with db.admin() as conn:
        suite = Suite(conn)
    nearest = next(each for each in TAP if each.stem == "a_grant_has_borders.test")
    suite.files = lambda mutant: [nearest]  # type: ignore[method-assign]
    suite.races = lambda mutant: []  # type: ignore[method-assign]
    began = time.monotonic()
    assert killer(servers, suite, Mutant("comparison", "private.now", endless)) is not None
    assert time.monotonic() - began < 60


def test_races_run_on_databases_with_the_mutant_in_them(servers: Servers, db: Database) -> None:
    (file,) = (each for each in RACES if each.stem == "test_races_of_metrics")
    assert race_fails(servers, Mutant("lock", "everything", "drop schema private cascade"), file)
    assert not race_fails(servers, Mutant("lock", "nothing", "select"), file)


def test_what_a_file_of_pgtap_touches_is_counted(db: Database) -> None:
    with db.admin() as conn:
        conn.execute(f"alter database {db.name} set track_functions = 'all'".encode())
    found = touched(db, next(each for each in TAP if each.stem == "a_grant_has_borders.test"))
    assert "private.grant_credits" in found.functions
    assert "private.join_pot" not in found.functions
    assert "private.wallets" in found.tables


def test_who_notices_a_refusal_is_found_by_the_callers_name(
    db: Database, everything: list[Mutant]
) -> None:
    (mutant,) = (each for each in everything if each.id == "refusal private.begin_break #1")
    with db.admin() as conn:
        suite = Suite(conn)
    # As where the call that is refused was not counted.
    suite._touched = dict.fromkeys(TAP, Touched(frozenset(), frozenset(), 1.0))
    found = {each.name for each in suite.files(mutant)}
    assert "only_a_permanent_account_limits_itself.test.sql" in found
    assert "a_grant_has_borders.test.sql" not in found


def test_what_nobody_looks_at_lives_and_is_named(servers: Servers, db: Database) -> None:
    harmless = Mutant("comparison", "private.join_pot", "comment on schema private is 'ours'")
    with db.admin() as conn:
        suite = Suite(conn)
        suite.files = lambda mutant, nearest=suite.files: nearest(mutant)[:2]  # type: ignore
        suite.races = lambda mutant: []  # type: ignore[method-assign]
        assert lives(servers, harmless, conn, suite)


def test_what_looks_again_after_it_waited_is_noticed_by_a_race(
    servers: Servers, db: Database, everything: list[Mutant]
) -> None:
    """The refusal of a player who was erased while the join waited: one session never sees it."""
    (mutant,) = (each for each in everything if each.id == "refusal private.join_pot #5")
    (erasure,) = (each for each in RACES if each.stem == "test_erasure")
    with db.admin() as conn:
        suite = Suite(conn)
        suite.files = lambda mutant: []  # type: ignore[method-assign]
        suite.races = lambda mutant: [erasure]  # type: ignore[method-assign]
    assert killer(servers, suite, mutant) is not None


def test_every_mutated_function_is_a_function_still(
    servers: Servers, db: Database, everything: list[Mutant]
) -> None:
    """Else PostgreSQL would take nothing away, and the mutant count as noticed."""
    with db.admin() as conn:
        suite = Suite(conn)
        for each in everything:
            if each.kind not in CATALOGUE:
                with conn.transaction(force_rollback=True):
                    conn.execute(each.statement.encode())
    with pytest.raises(AssertionError, match="is no function"):
        killer(servers, suite, Mutant("lock", "private.join_pot", "create function"))


def test_the_mutants_are_of_every_kind_and_named_once(everything: list[Mutant]) -> None:
    kinds = {each.kind for each in everything}
    assert kinds == {*CATALOGUE, "lock", "refusal", "comparison"}
    names = [each.id for each in everything]
    assert len(names) == len(set(names))
    assert len(names) > 2000
    assert set(waivers()) <= set(names)


def test_several_mutants_may_live_for_one_reason_each_named_once() -> None:
    one = '[[waiver]]\nmutant = "a #1"\nreason = "Of one."\n'
    several = '[[waiver]]\nmutants = ["b #1", "b #2"]\nreason = "Of two."\n'
    assert read_waivers(one + several, "waiver") == {
        "a #1": "Of one.", "b #1": "Of two.", "b #2": "Of two."
    }  # fmt: skip
    with pytest.raises(ValueError, match="waived twice: b #2"):
        read_waivers(several + one.replace("a #1", "b #2"), "waiver")
