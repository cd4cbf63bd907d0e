"""A few interleavings each run, and that an order which equals no serial one is found."""

from random import Random

import pytest

from tests.assurance.interleavings import (
    POINTS,
    SCENES,
    WRITERS,
    Explored,
    at_most,
    explore,
    staged,
)
from tests.support.game import assert_clean
from tests.support.servers import Servers

# Function, what stands in it, what takes its place, and the pair that tells.
BROKEN = {
    "a join passes no gate": (
        "private.join_pot(uuid, integer, text)",
        "pg_advisory_xact_lock_shared(private.gate_key(p_pot_id))",
        "null",
        "join, void",
    ),
    "a join does not hold its wallet": (
        "private.join_pot(uuid, integer, text)",
        "where w.user_id = v_player.user_id\n    for update;",
        "where w.user_id = v_player.user_id;",
        "join, join: one wallet",
    ),
    "a batch takes stripes as its joins come": (
        "private.join_pots(jsonb)",
        "order by c.stripe\n        for update;",
        "order by c.stripe;",
        "batch, batch: last tickets",
    ),
    "a transition does not hold its pot": (
        "private.hold_pot(uuid, boolean)",
        "where p.id = p_pot_id for no key update;",
        "where p.id = p_pot_id;",
        "pause, lock",
    ),
}


def test_some_interleavings_come_out_as_one_after_the_other(servers: Servers) -> None:
    with staged(servers) as stage:
        for name in ("join, lock", "batch, lock", "join, void", "clear, settle", "claim, claim"):
            explored = explore(stage, name, lambda count: count >= 6)
            assert explored.found is None
            assert explored.played == 6
            assert not explored.whole
        assert_clean(stage.db)


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_broken_build_is_found_out(servers: Servers, mistake: str) -> None:
    function, stands, instead, pair = BROKEN[mistake]
    broken = f"""
        do $do$
        declare
            v_is text := pg_get_functiondef('{function}'::regprocedure);
        begin
            if strpos(v_is, '{stands}') = 0 then raise 'nothing to break'; end if;
            execute replace(v_is, '{stands}', '{instead}');
        end
        $do$
    """
    with staged(servers, broken) as stage:
        explored = explore(stage, pair)
    assert explored.found is not None
    assert not explored.whole


def test_what_a_pair_has_at_most_is_told_by_the_points_of_its_calls(servers: Servers) -> None:
    with staged(servers) as stage:
        one, two = stage.points("claim, void")
        assert min(one, two) > 3
        # As if neither ever waited for the other.
        stage.serial = lambda name, turned: None  # type: ignore
        stage.interleaved = lambda name, begins, i, j: (  # type: ignore
            None, i <= (one, two)[begins], j <= (two, one)[begins],
        )  # fmt: skip
        explored = explore(stage, "claim, void")
    assert explored == Explored(at_most((one, two)), whole=True, found=None)


def test_what_is_left_for_another_seed_is_another_sample(servers: Servers) -> None:
    """The first part is the same for all; of the rest each seed begins somewhere else."""
    with staged(servers) as stage:
        stage.interleaved = lambda name, begins, i, j: (None, i < 9, j < 5)  # type: ignore
        one, same, other = (
            [(each.begins, each.i, each.j) for each in stage.schedules("join, lock", Random(seed))]
            for seed in (1, 1, 2)
        )
    assert one == same
    assert one[:18] == other[:18]
    assert one[18:30] != other[18:30]
    assert sorted(one) == sorted(other)


def test_every_point_is_a_function_of_the_product(servers: Servers) -> None:
    with staged(servers) as stage:
        row = stage.admin.execute(
            "select array_agg(proname::text) from pg_proc"
            " where pronamespace = 'private'::regnamespace and prosrc like '%interleave.point%'"
        ).fetchone()
    assert row is not None
    assert set(row[0]) == {*POINTS, *WRITERS}
    assert len(SCENES) > 40
