"""Random calls against the model: a few hundred, the same ones each run, and what once failed."""

import pytest

from tests.assurance.model import play_at_random
from tests.support.servers import Servers

# Function, what stands in it, what takes its place: each a mistake that the model must notice.
BROKEN = {
    "a player's cap is not looked at": (
        "private.join_pot(uuid, integer, text)",
        "v_now.held + p_ticket_count > v_now.max_per_user",
        "false",
    ),
    "the next ticket wins": (
        "private.draw_index(bytea, bigint)",
        "return mod(v_drawn, p_total)",
        "return mod(v_drawn + 1, p_total)",
    ),
}
# Any batch, and after it each that once failed: `pypot assure --only model` names its seed.
SEEDS = (1,)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_calls_are_answered_as_the_model_says(servers: Servers, seed: int) -> None:
    tally = play_at_random(servers, seed, examples=8, steps=40, shrink=False)
    assert tally["calls"] > 150
    assert tally["settled"]
    assert tally["cancelled"]


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_broken_build_is_found_out(servers: Servers, mistake: str) -> None:
    function, stands, instead = BROKEN[mistake]
    with pytest.raises(AssertionError):
        play_at_random(
            servers, 1, examples=60, steps=40, shrink=False,
            broken=f"""
                do $do$
                declare
                    v_is text := pg_get_functiondef('{function}'::regprocedure);
                begin
                    if strpos(v_is, '{stands}') = 0 then raise 'nothing to break'; end if;
                    execute replace(v_is, '{stands}', '{instead}');
                end
                $do$
            """,
        )  # fmt: skip
