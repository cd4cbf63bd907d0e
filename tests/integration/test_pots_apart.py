"""Pots can be placed on several machines: rows say whose they are, transactions keep to one pot.

The lists below are complete by test: a new table has to be put into one of them, and a function
that writes to several pots has to be named with the reason.
"""

from __future__ import annotations

import re

from pypot_cli.rpc import Caller
from tests.support.database import Database
from tests.support.lived import live

# Rows carry pot_id, and go where their pot is; what identifies them is known elsewhere, too.
OWN_KEYS = {
    "public.pot_entries": "the id that a player was given and a receipt names",
    "private.events": "the id that consumers were given, in whatever order pots commit",
    "private.retention_progress": "a row for each kind of data, with the pot under way",
    "private.archived_entries": "as of the entry that was archived",
    "private.archived_events": "as of the event that was archived",
    "private.archived_transfers": "the transfer's id, and the month of the pot",
    "private.webhook_deliveries": "an id that receivers see; a subscription is of every pot",
}

# Rows of a pot that say so through the row that they belong to.
THROUGH = {
    "private.ledger_entries": "its transfer",
    "private.merkle_levels": "the settlement or lock whose tree it is",
    "private.log_leaves": "its audit row; the log itself is of one machine",
    "private.log_pending": "its audit row",
    "private.event_positions": "its event",
    "private.archived_ledger": "its transfer",
    "private.archived_levels": "the lock whose tree it is",
}

# Rows of no pot.
ELSEWHERE = {
    **dict.fromkeys(
        (
            "private.actors", "private.erasures", "private.exclusion_marks",
            "private.fingerprint_links",
            "private.metric_players", "private.play_breaks", "private.play_limits",
            "private.officers", "private.player_handles", "private.staff", "private.wallets",
            "private.carried_entries",
        ),
        "of a person, on every machine that the person plays on",
    ),
    **dict.fromkeys(
        (
            "private.beacon_chains", "private.flag_policies",
            "private.flag_policy_proposals", "private.guard_rails",
            "private.peppers", "private.pot_templates", "private.retention", "private.settings",
            "private.signing_keys", "private.webhook_secrets", "private.webhook_subscriptions",
        ),
        "set by the operator, the same everywhere",
    ),
    **dict.fromkeys(
        (
            "private.archive_months", "private.carried_counts", "private.carried_positions",
            "private.event_consumers", "private.event_sequencer", "private.log_checkpoints",
            "private.log_nodes", "private.log_signatures", "private.metric_counts",
            "private.metric_marks", "private.watch_marks",
        ),
        "kept by one machine over all that is on it",
    ),
    "private.idempotency_keys": "of a caller: a key is one call's, whatever pot that was for",
}  # fmt: skip

# What may write rows of more than one pot in one transaction, by the public function.
SEVERAL = {
    "add_commitments": "a batch of pots to come, none of which is there yet",
    "fan_out_webhooks": "makes deliveries of what has committed",
    "claim_deliveries": "takes deliveries of several pots to send",
    "erase_player": "of one person, in every pot",
    "purge_expired": "forgets what is old, pots after each other",
    "rotate_pots": "opens what is missing; each pot is new",
}

# run_due sends what the lobby has not been told yet, of whatever pots: one lobby, one message each.
LOBBY = {"private.lobby_pulses"}

TABLES = """
select
    n.nspname || '.' || c.relname,
    exists (
        select
        from pg_catalog.pg_attribute as a
        where a.attrelid = c.oid and a.attname = 'pot_id' and not a.attisdropped
    ),
    exists (
        select
        from pg_catalog.pg_index as i
        inner join pg_catalog.pg_attribute as a
            on c.oid = a.attrelid and a.attnum = any(i.indkey)
        where i.indrelid = c.oid and i.indisunique and a.attname = 'pot_id'
    )
    or exists (
        select
        from pg_catalog.pg_constraint as f
        inner join pg_catalog.pg_attribute as a
            on c.oid = a.attrelid and a.attnum = any(f.conkey)
        where f.conrelid = c.oid and f.contype = 'f' and a.attname = 'pot_id'
            and f.confrelid = 'public.pots'::regclass
    )
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
where n.nspname in ('public', 'private') and c.relkind in ('r', 'p') and not c.relispartition
"""

TRACE = """
create schema tracing;

create table tracing.pots (
    xid xid8 not null default pg_current_xact_id(),
    pot_id uuid not null,
    table_name text not null,
    statement text not null default current_query()
);
create function tracing.trace_pot()
returns trigger
language plpgsql
security definer
as $$
begin
    if coalesce(to_jsonb(new), to_jsonb(old)) ->> tg_argv[0] is not null then
        insert into tracing.pots (pot_id, table_name)
        values (
            (coalesce(to_jsonb(new), to_jsonb(old)) ->> tg_argv[0])::uuid,
            tg_table_schema || '.' || tg_table_name
        );
    end if;
    return null;
end $$;
"""


def test_every_table_says_which_pot_its_rows_are_of(db: Database) -> None:
    with db.admin() as conn:
        found = {name: (carries, keyed) for name, carries, keyed in conn.execute(TABLES)}
    del found["public.pots"]
    listed = [*OWN_KEYS, *THROUGH, *ELSEWHERE]
    assert len(set(listed)) == len(listed)
    assert {name for name, (_, keyed) in found.items() if not keyed} == set(listed)
    carrying = {name for name, (carries, keyed) in found.items() if carries and not keyed}
    assert carrying == set(OWN_KEYS)


def test_no_transaction_of_a_whole_life_writes_to_two_pots(db: Database) -> None:
    with db.admin() as conn:
        conn.execute(TRACE)
        carrying = [name for name, carries, _ in conn.execute(TABLES) if carries]
        for name, column in [("public.pots", "id"), *((each, "pot_id") for each in carrying)]:
            conn.execute(
                f"create trigger zz_trace after insert or update or delete on {name}"
                f" for each row execute function tracing.trace_pot('{column}')".encode()
            )
    game = live(db).game
    for function in ("run_watch", "rotate_pots", "roll_up_metrics"):
        game.api.call(Caller("pot_orchestrator"), function)
    game.api.close()
    with db.admin() as conn:
        several = conn.execute(
            "select array_agg(distinct table_name), array_agg(distinct statement)"
            " from tracing.pots group by xid having count(distinct pot_id) > 1"
        ).fetchall()
        traced = {
            row[0]
            for row in conn.execute("select distinct table_name from tracing.pots").fetchall()
        }
    seen = {
        function
        for tables, statements in several
        for function in re.findall(r'public\."?([a-z_]+)"?\(', " ".join(statements))
        if set(tables) != LOBBY
    }
    assert seen <= set(SEVERAL), {f: SEVERAL.get(f) for f in seen}
    # The life was whole: most of what carries a pot was written.
    assert len(traced) >= len(carrying) * 2 // 3, sorted(traced)
    assert seen, "nothing that may write to several pots was seen, so nothing was shown"
