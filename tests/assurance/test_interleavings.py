"""A few interleavings each run, and that an order which equals no serial one is found."""

import pytest

from tests.assurance.interleavings import POINTS, SCENES, explore, staged
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
    "a transition does not hold its pot": (
        "private.hold_pot(uuid, boolean)",
        "where p.id = p_pot_id for update;",
        "where p.id = p_pot_id;",
        "pause, lock",
    ),
}


def test_some_interleavings_come_out_as_one_after_the_other(servers: Servers) -> None:
    with staged(servers) as stage:
        for name in ("join, lock", "join, void", "clear, settle", "claim, claim"):
            played, found = explore(stage, name, lambda count: count >= 6)
            assert found is None
            assert played == 6
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
        _, found = explore(stage, pair)
    assert found is not None


def test_every_point_is_a_function_of_the_product(servers: Servers) -> None:
    with staged(servers) as stage:
        row = stage.admin.execute(
            "select array_agg(proname::text) from pg_proc"
            " where pronamespace = 'private'::regnamespace and prosrc like '%interleave.point%'"
        ).fetchone()
    assert row is not None
    assert set(row[0]) == set(POINTS)
    assert len(SCENES) > 25
