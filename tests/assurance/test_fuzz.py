"""The fuzzer of the API: a short round finds nothing, and each broken build is found out."""

from collections.abc import Iterator

import pytest

from tests.assurance.fuzz import SETTINGS, Stage, api_log_problems, server_log_problems
from tests.support.documented import codes, problem, tokens
from tests.support.own_server import own_server

# Function → what a superuser makes of its body, and what must be said of it.
BROKEN = {
    "fairness_stats": (
        "raise exception using errcode = 'PT422', message = 'invalid_argument', hint = 'h',"
        ' detail = \'{"argument": "private.wallets"}\'',
        "invalid_argument tells of the inside: private.w",
    ),
    "hold_stats": (
        "raise exception using errcode = 'PT404', message = 'pot_not_found', hint = 'h',"
        " detail = '{\"user_id\": 7}'",
        "pot_not_found with details that are not documented: user_id",
    ),
    "my_wallet": (
        "raise exception using errcode = 'XX000', message = 'm'",
        "HTTP 500 XX000 is not documented: m",
    ),
    "request_erasure": ("perform 1 / 0", "HTTP 400 22012 is not documented: division by zero"),
    "rotate_pots": (
        "perform 'x'::uuid",
        "the server's log: a raw 22P02 from inside public.rotate_pots()",
    ),
    "run_due": (
        "raise exception using errcode = 'PT503', message = 'busy', hint = 'h', detail = '{}'",
        "busy although nobody else calls",
    ),
    "run_watch": ("perform pg_sleep(1.2)", "slow although nobody else calls"),
    "my_play_limits": (
        "raise log '%', current_setting('request.headers')",
        "a token is in a log",
    ),
}

_BREAK = """
do $do$
declare
    v_head text := split_part(pg_get_functiondef('public.{name}'::regproc), 'AS $function$', 1);
begin
    execute replace(v_head, ' STABLE ', ' VOLATILE ')
        || 'as $function$ begin ' || $body${body}$body$ || '; return null; end $function$';
end
$do$;
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with own_server(SETTINGS) as server:
        yield Stage(server, tmp_path_factory.mktemp("fuzz"))


def test_a_short_round_finds_nothing(stage: Stage) -> None:
    found = stage.round(seed=1, calls=300)
    assert dict(found.problems) == {}
    assert found.calls == 300
    assert len(found.functions) > 50
    assert {"answered", "refused by us", "refused by the server"} <= set(found.outcomes)


def test_a_broken_build_is_found_out(stage: Stage) -> None:
    broken = [_BREAK.format(name=name, body=body) for name, (body, _) in BROKEN.items()]
    found = stage.round(seed=1, calls=120, only=BROKEN, broken="".join(broken))
    for name, (_, said) in BROKEN.items():
        assert [each for each in found.problems if said in each], (name, found.problems)


def test_a_crash_and_an_exception_are_read_in_the_logs() -> None:
    line = "2026-11-26 12:00:00.000 UTC [7] 00000 LOG:  process 8 was terminated by signal 11"
    assert server_log_problems(line)
    assert server_log_problems(line.replace("was terminated by signal 11", "exited")) == []
    assert api_log_problems('{"event": "failed", "error": "KeyError", "where": "a.py:1"}\n')
    assert api_log_problems("Traceback (most recent call last):\n")
    assert api_log_problems('{"event": "request"}\n') == []


def test_the_page_of_errors_is_read_whole() -> None:
    assert tokens()["insufficient_credits"] == ("PT402", frozenset({"balance", "cost"}))
    assert tokens()["login_required"] == ("PT401", frozenset())
    assert codes()["42501"] == {401, 403}
    assert problem(400, b'{"code":"22P02","details":null,"hint":null,"message":"m"}') is None
    assert problem(500, b'{"code":"22P02","details":null,"hint":null,"message":"m"}') is not None
    assert problem(200, b"[]") is None
