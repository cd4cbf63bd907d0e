"""A seed is nowhere on the server before its reveal, though the signer has sent it in vain.

The signer sends the right seed with a bad signature, to a pot that is not settling, with a broken
pot id, and in a call that times out. Each of these is refused and leaves nothing behind: in no
column, no log even with log_statement = all, no statistics, no notification, no dump, no WAL.

What would leak it, and is therefore what an operator must not do:

- log_parameter_max_length at its default of -1 while statements are logged (log_statement = all, or
  a low log_min_duration_statement): the parameters of every call are written out. Ours is 0.
- log_parameter_max_length_on_error above 0 with log_min_error_statement at its default: a refused
  reveal is an error, and its parameters are logged with it. Ours are 0 and panic.
- a client that puts the seed into the statement's text, as no PostgREST and no `pypot settle` does:
  pg_stat_activity and pg_stat_statements keep the text. The last test here shows it.
- a client that sends the seed as pot_id: the server's refusal to cast it to a uuid quotes it, and
  is logged. The signer's program names its arguments.
- auto_explain with log_analyze and parameters, and pgaudit with log_parameter.
"""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import sql

from pypot_cli.db.binaries import embedded
from tests.support.game import Game, Json, Pending, Refusal
from tests.support.own_server import OwnServer, own_server

EVERYTHING_IS_LOGGED = {
    "log_statement": "all",
    "log_duration": "on",
    "log_min_duration_statement": "0",
    "log_min_messages": "debug1",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "all",
    "compute_query_id": "on",
    "wal_compression": "off",
}


@dataclass
class Attempted:
    """A settling pot whose seed was sent and refused in every way there is."""

    server: OwnServer
    game: Game
    pot_id: str
    notifications: list[str]

    @property
    def needles(self) -> list[bytes]:
        """The seed as it could stand anywhere: text of either case, base64, bytes."""
        seed = self.game.seeds[self.pot_id]
        hexed = seed.hex()
        # The head alone, so that a place which cuts long texts off is found too.
        return [hexed[:24].encode(), hexed[:24].upper().encode(), seed[:12]]


def refused_in_every_way(game: Game, pot_id: str, other: str) -> list[Any]:
    """Sends the right seed so that it is refused; the refusals."""
    good = game.reveal_arguments(pot_id)
    refusals = [
        game.signer.attempt("reveal_pot", **{**good, **wrong})
        for wrong in (
            {"settlement_signature": "00" * 64},
            {"settlement_signature": good["settlement_signature"][:-2] + "zz"},
            {"settlement_signature": "short"},
            {"pot_id": other},
            {"pot_id": "00000000-0000-0000-0000-000000000000"},
            {"reveal_seed": good["reveal_seed"].upper()},
            {"reveal_seed": good["reveal_seed"] + "00"},
        )
    ]
    # Errors of the server's own, before the function and within it.
    with contextlib.suppress(psycopg.errors.InvalidTextRepresentation):
        game.signer.call("reveal_pot", **{**good, "pot_id": "no uuid"})
    bystander = game.caller("authenticated")
    with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
        bystander.call("reveal_pot", **good)
    with (
        contextlib.suppress(psycopg.Error),
        game.compliance.request(commits=False) as hold,
        game.signer.request(("statement_timeout", "100ms")) as call,
    ):
        hold("pause_pot", pot_id=other, reason="hold the row")
        call("reveal_pot", **{**good, "pot_id": other})
    return refusals


@pytest.fixture(scope="module")
def attempted() -> Iterator[Attempted]:
    """The server after all of it."""
    with own_server(EVERYTHING_IS_LOGGED) as server, contextlib.closing(Game(server.db)) as game:
        with server.db.admin() as admin:
            admin.execute("create extension pg_stat_statements")
        pot_id, other = game.pot(max_tickets=1), game.pot()
        game.player(funds=100).join(pot_id)
        game.to_settling(pot_id)
        with server.db.admin() as listener:
            for channel in channels(game):
                listener.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
            refusals = refused_in_every_way(game, pot_id, other)
            notified = [n.channel + n.payload for n in listener.notifies(timeout=1)]
        assert len(refusals) == 7
        assert all(isinstance(refusal, Refusal) for refusal in refusals)
        assert refusals[0] == Refusal("PT422", "invalid_signature")
        yield Attempted(server, game, pot_id, notified)


def channels(game: Game) -> list[str]:
    """Every channel that a function of the database notifies."""
    return [
        name
        for (name,) in game.rows(
            "select distinct (regexp_matches(f.prosrc, 'pg_notify\\(''(\\w+)''', 'g'))[1] "
            "from pg_proc as f where f.prosrc like '%%pg_notify(%%'"
        )
    ]


def assert_absent(attempted: Attempted, haystack: bytes, place: str) -> None:
    """Fails when any form of the seed is there."""
    assert haystack, f"{place} is empty, so nothing is proven"
    found = [needle for needle in attempted.needles if needle in haystack]
    assert not found, f"the seed is in {place}"


def rows_as_text(game: Game, schema: str, table: str) -> bytes:
    """Every column of every row of a table."""
    with game.db.admin() as conn, conn.cursor() as cursor:
        statement = sql.SQL("copy (select t::text from {} as t) to stdout").format(
            sql.Identifier(schema, table)
        )
        with cursor.copy(statement) as copy:
            return b"".join(bytes(block) for block in copy)


def test_no_column_of_any_table_holds_the_seed(attempted: Attempted) -> None:
    tables = attempted.game.rows(
        "select n.nspname, c.relname from pg_class as c "
        "inner join pg_namespace as n on c.relnamespace = n.oid "
        "where c.relkind in ('r', 'm') and n.nspname !~ '^pg_toast'"
    )
    assert ("private", "commitments") in tables
    text = {
        f"{schema}.{name}": rows_as_text(attempted.game, schema, name) for schema, name in tables
    }
    assert attempted.pot_id.encode() in text["private.commitments"]
    for name, rows in text.items():
        if rows:
            assert_absent(attempted, rows, name)


def test_the_log_holds_the_statements_and_not_the_seed(attempted: Attempted) -> None:
    log = attempted.server.log
    assert "reveal_pot" in log
    assert "invalid_argument" in log
    assert_absent(attempted, log.encode(), "the server's log")


def test_the_statistics_hold_the_call_and_not_the_seed(attempted: Attempted) -> None:
    statements = attempted.game.rows("select t::text from pg_stat_statements as t")
    text = "\n".join(row for (row,) in statements)
    assert "reveal_pot" in text
    assert_absent(attempted, text.encode(), "pg_stat_statements")


def test_what_others_see_of_a_running_reveal_is_not_the_seed(attempted: Attempted) -> None:
    game = attempted.game
    reveal = {**game.reveal_arguments(attempted.pot_id), "settlement_signature": "00" * 64}
    with game.compliance.request(commits=False) as hold:
        with contextlib.suppress(psycopg.Error):
            hold("void_pot", pot_id=attempted.pot_id, reason="hold the row")
        pending = Pending(lambda: game.signer.call("reveal_pot", **reveal))
        game.wait_until_blocked(game.signer, by=game.compliance)
        activity = game.value(
            "select t::text from pg_stat_activity as t where pid = %s", game.signer.pid
        )
        locks = str(game.rows("select t::text from pg_locks as t"))

    assert pending.result() == Refusal("PT422", "invalid_signature")
    assert "reveal_pot" in activity
    assert_absent(attempted, activity.encode(), "pg_stat_activity")
    assert_absent(attempted, locks.encode(), "pg_locks")


def test_no_notification_and_no_message_holds_the_seed(attempted: Attempted) -> None:
    # The refused reveals say nothing to anybody, but the listener heard the pause of the other pot.
    text = "\n".join(attempted.notifications) or "-"
    assert_absent(attempted, text.encode(), "a notification")
    messages = rows_as_text(attempted.game, "realtime", "messages_default")
    assert attempted.pot_id.encode() in messages
    assert_absent(attempted, messages, "realtime.messages")


def test_a_dump_holds_the_commitment_and_not_the_seed(attempted: Attempted) -> None:
    done = subprocess.run(
        [embedded().tool("pg_dump"), "--dbname", attempted.server.cluster.admin_url()],
        capture_output=True,
        check=True,
    )
    tag = attempted.game.value("select commit_hash from private.commitments limit 1")
    assert tag.encode() in done.stdout
    assert_absent(attempted, done.stdout, "pg_dump")


def test_no_file_of_the_data_directory_holds_the_seed(attempted: Attempted) -> None:
    """Tables, indexes, write-ahead log and log file alike, after a checkpoint."""
    with attempted.server.db.admin() as admin:
        admin.execute("checkpoint")
    searched = 0
    for file in attempted.server.cluster.data_dir.rglob("*"):
        if file.is_file() and not file.is_symlink():
            with contextlib.suppress(FileNotFoundError):
                content = file.read_bytes()
                searched += len(content)
                if content:
                    assert_absent(attempted, content, str(file.relative_to(file.parents[1])))
    assert searched > 10_000_000


def test_the_chain_of_the_pot_says_rejected_and_no_more(attempted: Attempted) -> None:
    chain = attempted.game.service_rows("get_audit_chain", pot_id=attempted.pot_id)
    rejected = [row["payload"] for row in chain if row["action"] == "reveal_rejected"]
    assert rejected
    assert_absent(attempted, str(chain).encode(), "the chain")


def test_these_searches_find_a_seed_that_is_there(attempted: Attempted) -> None:
    """The same searches after the reveal, and after a client that writes it into its statement."""
    game = attempted.game
    arguments: Json = game.reveal_arguments(attempted.pot_id)
    with game.db.connect("authenticator") as careless, careless.transaction():
        careless.execute("set local role pot_settlement")
        careless.execute(
            sql.SQL("select public.reveal_pot({}, {}, {})").format(
                *(sql.Literal(value) for value in arguments.values())
            )
        )
    game.reveal(attempted.pot_id)

    for search in (
        test_no_column_of_any_table_holds_the_seed,
        test_the_log_holds_the_statements_and_not_the_seed,
        test_a_dump_holds_the_commitment_and_not_the_seed,
        test_no_file_of_the_data_directory_holds_the_seed,
        test_no_notification_and_no_message_holds_the_seed,
    ):
        with pytest.raises(AssertionError, match="the seed is in"):
            search(attempted)
