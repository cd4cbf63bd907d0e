"""Every public function, every argument, every role that may call it: hostile values.

The functions and their arguments come from the catalogue, so the next one is covered too. Values
arrive as PostgREST hands them over: one JSON object, cast to the arguments' types by the server.
A call ends in a documented error of the catalogue, in the server's own refusal to cast before the
function is reached, or in success, and which hostile values succeed is listed beside this file.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from pypot_cli.db.request import api_request
from tests.support.database import player_claims
from tests.support.game import Game, Refusal, refusal_or
from tests.support.hostile import HOSTILE, LARGE, Field, Function, functions_of

ACCEPTED = Path(__file__).with_name("accepted_inputs.txt")

# What a cast may say before anything of ours ran: PostgREST answers with HTTP 400, 500 when it took
# too long.
CASTS = {
    "22P02",  # invalid_text_representation
    "22003",  # numeric_value_out_of_range
    "22P05",  # untranslatable_character: U+0000
    "22007",  # invalid_datetime_format
    "22008",  # datetime_field_overflow: a number that is no date
    "22009",  # invalid_time_zone_displacement_value: one that would be a time zone
    "54001",  # statement_too_complex: JSON nested deeper than the server's stack
    "57014",  # query_canceled: on a busy machine reading megabytes takes longer than the role may
}

TABLES = """
    select n.nspname, c.relname
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    where c.relkind = 'r' and n.nspname in ('public', 'private', 'auth', 'realtime')
    order by 1, 2
"""


@pytest.fixture
def field(game: Game) -> Field:
    """The database that is attacked."""
    return Field(game)


def fingerprint(game: Game) -> dict[str, tuple[Any, ...]]:
    """How many rows each table has, and the newest transaction that wrote one of them."""
    return {
        f"{schema}.{table}": game.rows(
            f'select count(*), max(xmin::text::bigint) from "{schema}"."{table}"'
        )[0]
        for schema, table in game.rows(TABLES)
    }


def claims_of(field: Field, role: str) -> dict[str, Any]:
    """The claims of somebody who may call in the role."""
    if role in ("authenticated", "service_role"):
        return player_claims(field.player.user_id)
    return {"sub": str(uuid.uuid4())} if role == "pot_compliance" else {}


def call_with_json(
    conn: psycopg.Connection[Any], function: Function, body: str
) -> list[tuple[Any, ...]]:
    """Calls as PostgREST does: the arguments are the columns of one JSON object."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(type_))
        for name, type_ in function.arguments
    )
    named = sql.SQL(", ").join(
        sql.SQL("{0} => r.{0}").format(sql.Identifier(name)) for name, _ in function.arguments
    )
    source = (
        sql.SQL("json_to_record(%s::json) as r ({})").format(columns)
        if function.arguments
        else sql.SQL("(select %s::json) as r")
    )
    statement = sql.SQL("select to_jsonb(f) from {} cross join lateral public.{}({}) as f").format(
        source, sql.Identifier(function.name), named
    )
    return conn.execute(statement, [body]).fetchall()


def attacks(field: Field, function: Function) -> Iterator[tuple[str, str, str]]:
    """Argument, label and body of each call: one hostile value among good ones."""
    good = {
        name: json.dumps(field.good(function.name, name, type_))
        for name, type_ in function.arguments
    }
    for name, type_ in function.arguments:
        for label, value in HOSTILE.items():
            if label in LARGE and type_ not in ("text", "jsonb"):
                continue
            values = {**good, name: value}
            pairs = ", ".join(f"{json.dumps(key)}: {text}" for key, text in values.items())
            yield name, label, f"{{{pairs}}}"
    if function.arguments:
        nothing = ", ".join(f"{json.dumps(name)}: null" for name in good)
        yield "all", "null", f"{{{nothing}}}"


def problem_of(error: psycopg.Error, tokens: dict[str, str]) -> str | None:
    """What is wrong with an error that reached the caller."""
    state, diag = error.sqlstate, error.diag
    if state in CASTS:
        if "PL/pgSQL function" in (diag.context or ""):
            return f"{state} from inside: {diag.message_primary} ({diag.context})"
        return None
    if state is None or tokens.get(diag.message_primary or "") != state:
        return f"{state} {diag.message_primary}: {diag.message_detail} ({diag.context})"
    if diag.message_primary == "busy":
        return "busy: a constraint stopped it, not a check of the argument"
    if not isinstance(json.loads(diag.message_detail or ""), dict) or not diag.message_hint:
        return f"{state} {diag.message_primary} without DETAIL or HINT"
    return None


@pytest.mark.timeout(1200)  # half a minute by itself, and as much more as the machine is busy
def test_hostile_values_are_refused_as_documented_and_write_nothing(field: Field) -> None:
    game = field.game
    tokens = dict(game.rows("select token, sqlstate_code from private.error_catalogue()"))
    functions = functions_of(game)
    before = fingerprint(game)
    problems: list[str] = []
    accepted: dict[str, set[str]] = {}
    calls = 0

    with game.db.connect("authenticator") as conn:
        for function in functions:
            assert function.roles, f"nobody may call {function.name}"
            for argument, label, body in attacks(field, function):
                # Large values take their time, and all roles run the same code.
                roles = function.roles[:1] if label in LARGE else function.roles
                for role in roles:
                    calls += 1
                    try:
                        with api_request(conn, role, claims_of(field, role)):
                            answer = call_with_json(conn, function, body)
                            if not is_refusal(answer, tokens):
                                accepted.setdefault(f"{function.name}({argument})", set()).add(
                                    label
                                )
                            raise psycopg.Rollback
                    except psycopg.Error as error:
                        if problem := problem_of(error, tokens):
                            problems.append(
                                f"{role}: {function.name}({argument}: {label}) {problem}"
                            )

    assert problems == []
    assert fingerprint(game) == before
    assert calls > 500
    text = "".join(f"{name}: {', '.join(sorted(accepted[name]))}\n" for name in sorted(accepted))
    if os.environ.get("PYPOT_REWRITE_LISTS"):
        ACCEPTED.write_text(text, encoding="utf-8")
    assert text == ACCEPTED.read_text(encoding="utf-8")


# What names something, and is looked for once it is known who asks: existence comes after login.
NAMED = {
    "the alert_id of an alert",
    "the id of a flag",
    "a user_id of the list",
    "an export of yours, of the last day",
    "a player",
    "the name of a template",
    "the id of an existing user",
    "one that nobody else has, or one like it",
}


@pytest.mark.parametrize("role", ["authenticated", "pot_compliance"])
def test_a_bad_argument_is_told_before_who_calls(field: Field, role: str) -> None:
    """Contract, section 3: shape of arguments, then login, then existence."""
    game = field.game
    asked = 0
    with game.db.connect("authenticator") as conn:

        def refusal(claims: dict[str, Any], function: Function, body: str) -> tuple[Any, ...]:
            told: tuple[Any, ...] = ()
            try:
                with api_request(conn, role, claims):
                    call_with_json(conn, function, body)
                    raise psycopg.Rollback
            except psycopg.Error as error:
                told = error.sqlstate, error.diag.message_primary, error.diag.message_detail
            return told

        for function in functions_of(game):
            if role not in function.roles:
                continue
            for argument, label, body in attacks(field, function):
                if label in LARGE:
                    continue
                by_a_person = refusal(claims_of(field, role), function, body)
                if by_a_person[:1] != ("PT422",):
                    continue
                if json.loads(by_a_person[2]).get("expected") in NAMED:
                    continue
                asked += 1
                by_nobody = refusal({}, function, body)
                assert by_nobody == by_a_person, f"{function.name}({argument}: {label})"
    assert asked > 100


def is_refusal(answer: list[tuple[Any, ...]], tokens: dict[str, str]) -> bool:
    """Whether the answer is a refusal that commits its record (contract, section 4)."""
    if len(answer) != 1 or not isinstance(answer[0][0], dict):
        return False
    body = answer[0][0]
    return set(body) == {"code", "message", "details", "hint"} and (
        tokens[body["message"]] == body["code"]
    )


# ------------------------------------------------------------------ the request itself


@pytest.mark.parametrize(
    "sub",
    [
        None,
        "",
        0,
        True,
        [],
        {},
        "not a uuid",
        "00000000-0000-0000-0000-00000000000g",
        " ",
        "' or 1=1 --",
        "x" * 100_000,
        f"{uuid.UUID(int=7)}\n",
        f"{{{uuid.UUID(int=7)}}}",
    ],
)
def test_a_sub_that_is_no_user_is_nobody(field: Field, sub: Any) -> None:
    claims = {} if sub is None else {"sub": sub}
    caller = field.game.caller("authenticated", claims)
    for function, arguments in (
        ("join_pot", {"pot_id": field.open, "ticket_count": 1}),
        ("cancel_entry", {"entry_id": field.entry_id}),
        ("my_wallet", {}),
        ("my_receipt", {"entry_id": field.entry_id}),
    ):
        assert caller.attempt(function, **arguments) == Refusal("PT401", "login_required")


HEADERS = ("x-correlation-id", "x-device-id", "cf-connecting-ip", "cf-ipcountry")


@pytest.mark.parametrize(
    "value",
    ["", " ", "x" * 1_000_000, "'; drop table public.pots; --", "\u200b\u202e", "{}", "%s%n"],
    ids=["empty", "space", "1 MB", "sql", "invisible", "json", "format"],
)
def test_no_header_changes_what_a_join_does(field: Field, value: str) -> None:
    field.player.headers = dict.fromkeys(HEADERS, value)
    assert field.player.join(field.open)["ticket_count"] == 1
    # A refusal that is recorded writes the headers it is told.
    field.game.rows(
        "update auth.users set banned_until = 'infinity' where id = %s returning 1",
        field.player.user_id,
    )
    assert field.player.join(field.open) == Refusal("PT403", "account_blocked")
    assert field.game.value("select max(length(correlation_id)) from private.events") <= 200


def refused(work: Callable[[], Any]) -> Refusal:
    """The refusal that the work must end in."""
    outcome = refusal_or(work)
    assert isinstance(outcome, Refusal)
    return outcome


def test_prices_that_overflow_are_refused_before_they_are_multiplied(field: Field) -> None:
    game = field.game
    most = 2**53 - 1
    for entry_cost, max_tickets in ((most, 2), (most // 2 + 1, 2), (2**32, 2**31 - 1)):
        outcome = refused(
            lambda cost=entry_cost, tickets=max_tickets: game.orchestrator.call(  # type: ignore[misc]
                "create_pot", entry_cost=cost, max_tickets=tickets, max_per_user=1
            )
        )
        assert (outcome.token, outcome.details["argument"]) == ("invalid_argument", "max_tickets")


def test_the_largest_amounts_are_exact(field: Field) -> None:
    game = field.game
    most = 2**53 - 1
    pot_id = game.pot(entry_cost=most, max_tickets=1)
    player = game.player(funds=most)

    one_more = refused(lambda: game.fund(player.user_id, 1))
    assert one_more.details["argument"] == "amount"
    assert player.join(pot_id)["credits_spent"] == most
    assert player.balance() == 0
    assert game.settle(pot_id)["prize"] == most
    assert player.balance() == most


def test_a_ticket_count_beyond_everything_is_refused_without_overflow(field: Field) -> None:
    pot_id = field.game.pot(entry_cost=2**21, max_tickets=2**31 - 1)
    outcome = field.player.join(pot_id, 2**31 - 1)
    assert outcome == Refusal(
        "PT402",
        "insufficient_credits",
        {"balance": field.player.balance(), "cost": 2**21 * (2**31 - 1)},
    )
    field.player.join(field.open, 1)
    capped = field.player.join(field.open, 2**31 - 1)
    assert isinstance(capped, Refusal)
    assert capped.token == "ticket_cap_exceeded"  # noqa: S105
