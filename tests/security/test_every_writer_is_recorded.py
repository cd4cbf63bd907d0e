"""Every act of a caller leaves an event with actor and correlation id (PRD 4.5).

The writers come from the catalogue, so that the next one is covered too: each must reach, through
the functions that it calls, one of the two that write events, or stand here with the reason why its
act is none of a caller's.
"""

import re
import uuid

import psycopg

from tests.support.game import Game

RECORDERS = {"log_event", "append_audit"}
"""append_audit writes its own event beside the row of the chain."""

NOT_AN_ACT = {
    "prepare_checkpoint": "gives rows their place in the log, which is a record itself",
    "publish_checkpoint": "keeps a signed checkpoint: a record itself",
    "sequence_events": "gives events their place",
    "ack_events": "moves a consumer's cursor",
    "roll_up_metrics": "counts what is recorded",
    "fan_out_webhooks": "copies events to deliveries",
    "claim_deliveries": "moves deliveries, which keep every attempt",
    "test_webhook": "sends a receiver what is no event, and the delivery is kept",
    "add_commitments": "adds to the stock; each becomes an event with its pot",
}

CALL = re.compile(r"\bprivate\.([a-z_0-9]+)\s*\(")


def test_every_writer_reaches_what_writes_events(admin: psycopg.Connection) -> None:
    bodies = {
        (str(schema), str(name)): str(body)
        for schema, name, body in admin.execute(
            "select n.nspname, f.proname, f.prosrc from pg_proc as f"
            " join pg_namespace as n on n.oid = f.pronamespace"
            " where n.nspname in ('public', 'private')"
        )
    }
    calls = {name: set(CALL.findall(body)) for (schema, name), body in bodies.items()
             if schema == "private"}  # fmt: skip
    writers = {
        str(row[0])
        for row in admin.execute(
            "select proname from pg_proc"
            " where pronamespace = 'public'::regnamespace and provolatile = 'v'"
        )
    }
    assert len(writers) > 30

    def reached(name: str) -> set[str]:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                waiting += calls.get(each, set())
        return seen

    silent = {name for name in writers if not reached(name) & RECORDERS}
    assert silent == NOT_AN_ACT.keys()


def test_what_a_caller_does_carries_actor_and_correlation_id(game: Game) -> None:
    player = game.player(100)
    pot_id = game.pot()
    done = {}
    for caller, function, arguments in (
        (player, "join_pot", {"pot_id": pot_id, "ticket_count": 1}),
        (player, "set_play_limits", {"day": 1000, "week": None, "month": None}),
        (player, "request_erasure", {}),
        (game.compliance, "pause_pot", {"pot_id": pot_id, "reason": "a look"}),
        (game.compliance, "set_retention", {"reason": "the law", "network_days": 30}),
        (game.compliance, "export_pot", {"pot_id": pot_id, "reason": "asked for"}),
        (game.compliance, "void_pot", {"pot_id": pot_id, "reason": "a test"}),
    ):
        done[function] = str(uuid.uuid4())
        caller.headers = {"x-correlation-id": done[function]}
        caller.call(function, **arguments)
    for function, correlation_id in done.items():
        actors = game.rows(
            "select distinct n.subject from private.events as e"
            " join private.actors as n on n.actor_id = e.actor_id where e.correlation_id = %s",
            correlation_id,
        )
        assert len(actors) == 1, function
    assert game.value("select count(*) from private.events where actor_id is null") == 0
    assert game.value("select count(*) from private.events where correlation_id is null") == 0
