"""Every invariant of `pypot check` holds on a database that lived, and each can be seen to break.

A superuser who switches the guards off breaks one thing at a time, in a transaction that is rolled
back. Exactly the stated checks go red: a check that cannot fail, or one that nobody thought of how
to break, fails here.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from pypot_cli import check
from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import note
from tests.support.lived import COMPLIANCE, ORCHESTRATOR, Lived, live
from tests.support.servers import Servers, Template

# Guards off and rules that stand in the way of a forgery dropped: this is what a superuser can do.
DISARM = """
do $$
declare
    v record;
begin
    for v in
        select c.oid::regclass as relation
        from pg_catalog.pg_class as c
        where c.relkind = 'r'
            and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    loop
        execute format('alter table %s disable trigger all', v.relation);
    end loop;
    for v in
        select c.conname, c.conrelid::regclass as relation
        from pg_catalog.pg_constraint as c
        where c.contype = 'c'
            and c.conrelid <> 0
            and c.connamespace in ('public'::regnamespace, 'private'::regnamespace)
    loop
        execute format('alter table %s drop constraint %I', v.relation, v.conname);
    end loop;
    drop index private.accounts_issuance_idx;
    drop index private.transfers_once_idx;
end $$
"""


class Break(NamedTuple):
    """One thing to break: a statement about the pots of `Lived`, and what goes red."""

    statement: str
    red: set[str]


# By the check it is about; `red` says all that it breaks: few lies are about one table alone.
BREAKS: dict[str, list[Break]] = {
    "accounts": [
        Break(
            "insert into private.accounts (kind, created_at) values ('issuance', now())",
            {"accounts"},
        ),
        Break(
            "update private.ledger_entries set account_id = 424242"
            " where version is null and transfer_id = (select min(id) from private.transfers)",
            {"accounts"},
        ),
        Break(
            "update private.wallets set user_id = gen_random_uuid()"
            " where user_id = (select min(user_id::text)::uuid from private.wallets)",
            {"accounts"},
        ),
        Break(
            "update private.accounts set pot_id = %(open)s"
            " where kind = 'hold' and pot_id = %(held)s",
            {"accounts", "transfer_accounts"},
        ),
    ],
    # What becomes of pots that were archived: test_archive.py, where some were.
    "archive": [
        Break(
            "insert into private.carried_counts (metric, label, bucket, amount)"
            " values ('joins', '', now(), 1)",
            {"archive"},
        ),
        Break(
            "with m as (insert into private.archive_months (month, opened_at)"
            " values ('2020-01-01', now()) returning month)"
            " insert into private.carried_positions (from_position, to_position, month)"
            " select 1000000000, 1000000001, m.month from m",
            {"archive", "event_positions"},
        ),
    ],
    "attestations": [
        Break(
            "update private.lock_attestations set signature = repeat('00', 64)"
            " where pot_id = %(settling)s",
            {"attestations", "chain_facts"},
        ),
        Break(
            "update private.signing_keys set purpose = 'beacon' where purpose = 'orchestrator'",
            {"attestations", "signing_keys", "signing_key_events", "proofs"},
        ),
    ],
    "beacon_chains": [
        Break(
            "insert into private.beacon_chains (chain_hash, public_key, scheme, genesis_time,"
            " period_seconds, created_at) values (repeat('ab', 32), '8' || repeat('1', 191),"
            " 'bls-unchained-g1-rfc9380', 1700000000, 3, now())",
            {"beacon_chains"},
        ),
    ],
    "beacons": [
        Break(
            "update private.beacons set signature = overlay(signature placing 'aa' from 95)"
            " where pot_id = %(drawn)s",
            {"beacons", "proofs", "chain_facts"},
        ),
        Break(
            "update private.beacons set attestation = repeat('00', 64) where pot_id = %(drawn)s",
            {"beacons", "proofs", "chain_facts"},
        ),
        Break(
            "update private.signing_keys set purpose = 'settlement' where purpose = 'beacon'",
            {"beacons", "signing_keys", "signing_key_events", "proofs"},
        ),
        Break(
            "update private.pot_states set beacon_round = beacon_round + 1"
            " where pot_id = %(drawn)s",
            {"beacons", "lock_digests", "proofs", "chain_facts"},
        ),
        Break(
            "update private.pot_states set beacon_at = beacon_at + interval '3 seconds'"
            " where pot_id = %(drawn)s",
            {"beacons"},
        ),
        Break(
            "update private.beacon_chains set scheme = 'bls-unchained'",
            {"beacons", "proofs", "beacon_chains"},
        ),
        Break(
            "insert into private.beacons (pot_id, signature, kid, attestation, created_at)"
            " select %(settled)s, signature, kid, attestation, created_at from private.beacons",
            {"beacons", "proofs", "settlement_records", "reveal_times"},
        ),
    ],
    "chain_facts": [
        Break(
            "update private.pot_states set cancel_reason = 'voided' where pot_id = %(lonely)s",
            {"chain_facts"},
        ),
    ],
    "chain_hashes": [
        Break(
            "update public.pots_audit set created_at = created_at + interval '1 microsecond'"
            " where pot_id = %(open)s",
            {"chain_hashes"},
        ),
        Break(
            "update public.pots_audit set payload_hash = repeat('ab', 32) where pot_id = %(open)s",
            {"chain_hashes"},
        ),
    ],
    "chain_links": [
        Break(
            "update private.pot_states set chain_seq = chain_seq + 1 where pot_id = %(open)s",
            {"chain_links"},
        ),
        Break(
            "delete from public.pots_audit where pot_id = %(paused)s and seq = 2",
            {"chain_links", "event_records", "log_leaves"},
        ),
        Break(
            "delete from public.pots_audit where pot_id = %(settled)s and action = 'settled'",
            {"chain_links", "chain_states", "event_records", "proofs", "log_leaves"},
        ),
        Break(
            "update public.pots_audit set prev_hash = repeat('ab', 32)"
            " where pot_id = %(locked)s and seq = 2",
            {"chain_links", "chain_hashes"},
        ),
    ],
    "chain_payloads": [
        Break(
            """update public.pots_audit set metadata = '{"forged": true}' """
            "where pot_id = %(open)s",
            {"chain_payloads"},
        ),
        Break(
            "update public.pots_audit set actor_id = gen_random_uuid() where pot_id = %(open)s",
            {"chain_payloads"},
        ),
        Break(
            "update public.pots_audit set payload = ' ' || payload where pot_id = %(open)s",
            {"chain_payloads", "chain_hashes"},
        ),
    ],
    "chain_states": [
        Break(
            "update public.pots set status = 'locked' where id = %(settling)s",
            {"chain_states"},
        ),
        Break(
            "update public.pots set paused_at = null, pause_reason = null where id = %(paused)s",
            {"chain_states"},
        ),
    ],
    "commitment_tags": [
        Break(
            "update public.pots set commit_tag = repeat('ab', 32) where id = %(open)s",
            {"commitment_tags"},
        ),
        Break(
            "update private.commitments set commit_hash = repeat('ab', 32) where pot_id = %(open)s",
            {"commitment_tags"},
        ),
    ],
    "commitments": [
        Break(
            "update private.commitments set used_at = null where pot_id = %(open)s",
            {"commitments"},
        ),
        Break(
            "delete from private.commitments where pot_id = %(open)s",
            {"commitments", "commitment_tags"},
        ),
    ],
    "entrant_tags": [
        Break(
            "update public.pot_entries set salt = repeat('ab', 32) where pot_id = %(locked)s",
            {"entrant_tags"},
        ),
        Break(
            # Whatever detection thought of those who meet in every pot here.
            "with forgotten as (delete from private.flags where pot_id = %(settling)s)"
            " update public.pot_entries set user_id = gen_random_uuid()"
            " where pot_id = %(settling)s and seq = ("
            "select max(seq) from public.pot_entries where pot_id = %(settling)s)",
            {"entrant_tags", "transfer_accounts", "idempotency"},
        ),
    ],
    "entry_payments": [
        Break(
            "update public.pot_entries set credits_spent = credits_spent + 1"
            " where pot_id = %(open)s and cancelled_at is null",
            {"entry_payments", "escrows", "tallies"},
        ),
        Break(
            "insert into private.transfers (kind, pot_id, entry_id, amount, created_at)"
            " values ('join', %(open)s, gen_random_uuid(), 10, now())",
            {"entry_payments", "transfer_sides"},
        ),
    ],
    "entry_refunds": [
        Break(
            "insert into private.transfers (kind, pot_id, entry_id, amount, created_at)"
            " select kind, pot_id, entry_id, amount, now() from private.transfers"
            " where kind = 'refund' and pot_id = %(voided)s limit 1",
            {"entry_refunds", "transfer_sides"},
        ),
        Break(
            "update public.pot_entries set cancelled_at = null"
            " where pot_id = %(open)s and cancelled_at is not null",
            {"entry_refunds", "escrows", "stripes"},
        ),
    ],
    "erasures": [
        Break(
            "insert into private.erasures (user_id, erased_at, erased_by, reason, result)"
            " select e.user_id, now(), gen_random_uuid(), 'a lie', '{}'"
            " from public.pot_entries as e where e.pot_id = %(open)s limit 1",
            {"erasures"},
        ),
        Break(
            "insert into private.actors (actor_id, subject, created_at)"
            " select gen_random_uuid(), x.user_id::text, now() from private.erasures as x",
            {"erasures"},
        ),
        Break(
            "insert into private.play_limits (user_id, period, credits, updated_at)"
            " select x.user_id, 'day', 1, now() from private.erasures as x",
            {"erasures"},
        ),
        Break(
            "insert into private.cheers (pot_id, user_id, last_at)"
            " select %(open)s, x.user_id, now() from private.erasures as x",
            {"erasures"},
        ),
        Break(
            "insert into private.idempotency_keys"
            " (operation, key, subject, request, response, created_at)"
            " select k.operation, 'again', x.user_id::text, k.request, k.response, now()"
            " from private.idempotency_keys as k, private.erasures as x"
            " where k.operation = 'join_pot' limit 1",
            {"erasures", "idempotency"},
        ),
    ],
    "escrows": [
        Break(
            "update private.ledger_entries as e set account_id = a.id"
            " from private.accounts as a, private.pot_states as s"
            " where a.kind = 'issuance' and s.pot_id = %(paused)s"
            " and e.account_id = s.escrow_account",
            {"escrows", "transfer_accounts"},
        ),
    ],
    "exclusions": [
        Break("delete from private.exclusions where true", {"exclusions"}),
        Break(
            "update private.exclusions set created_at = created_at - interval '1 second'",
            {"exclusions"},
        ),
    ],
    "flag_reviews": [
        Break(
            "update private.flags set proposed_by = reviewed_by where status = 'upheld'",
            {"flag_reviews"},
        ),
        Break(
            "update private.flags set proposed_by = gen_random_uuid() where status = 'upheld'",
            {"flag_reviews"},
        ),
        Break(
            "update private.flags set status = 'cleared', reviewed_by = gen_random_uuid(),"
            " reviewed_at = now() where flag_id = (select min(flag_id::text)::uuid"
            " from private.flags where status = 'open' and pot_id = %(returned)s)",
            {"flag_reviews"},
        ),
        Break(
            "update private.flags set pot_id = gen_random_uuid() where flag_id = ("
            "select min(flag_id::text)::uuid from private.holding_flags where pot_id = %(held)s)",
            {"flag_reviews", "hold_causes"},
        ),
        Break(
            "update private.flags set user_id = gen_random_uuid() where flag_id = ("
            "select min(f.flag_id::text)::uuid from private.flags as f, public.pots as p"
            " where f.pot_id = p.id and f.user_id <> p.winner_user_id)",
            {"flag_reviews"},
        ),
    ],
    "hold_balances": [
        Break(
            "update private.payout_holds set credits = credits + 1 where pot_id = %(held)s",
            {"hold_balances", "hold_records"},
        ),
        Break(
            "update private.payout_holds set outcome = 'paid', released_at = now()"
            " where pot_id = %(held)s",
            {"hold_balances", "hold_causes", "hold_records"},
        ),
        Break(
            "insert into private.transfers (kind, pot_id, amount, created_at)"
            " values ('release', %(returned)s, 5, now())",
            {"hold_balances", "hold_records", "transfer_sides"},
        ),
        Break(
            "insert into private.transfers (kind, pot_id, amount, created_at)"
            " values ('hold', %(locked)s, 5, now())",
            {"hold_balances", "payouts", "transfer_sides"},
        ),
        Break(
            "update private.ledger_entries as e set account_id = a.id"
            " from private.accounts as a, private.payout_holds as h"
            " where a.kind = 'issuance' and h.pot_id = %(held)s and e.account_id = h.account_id",
            {"hold_balances", "transfer_accounts"},
        ),
    ],
    "hold_causes": [
        Break(
            "delete from private.holding_flags where pot_id = %(held)s",
            {"hold_causes"},
        ),
        Break(
            "update private.flags set created_at = created_at + interval '1 hour'"
            " where pot_id = %(held)s",
            {"hold_causes"},
        ),
        Break(
            "update private.holding_flags set noted_at = noted_at + interval '1 hour'"
            " where pot_id = %(paid)s",
            {"hold_causes"},
        ),
        Break(
            "update private.flags set status = 'open', reviewed_by = null, reviewed_at = null"
            " where pot_id = %(paid)s and status = 'cleared'",
            {"hold_causes", "flag_reviews"},
        ),
        Break(
            "update private.payout_holds set outcome = 'returned' where pot_id = %(paid)s",
            {"hold_causes", "hold_balances", "hold_records"},
        ),
        Break(
            "insert into private.holding_flags (flag_id, pot_id, noted_at)"
            " select flag_id, %(settled)s, now() from private.flags limit 1"
            " on conflict (flag_id) do update set pot_id = excluded.pot_id",
            {"hold_causes"},
        ),
        Break(
            "delete from private.payout_holds where pot_id = %(held)s",
            {"hold_causes", "hold_balances", "hold_records", "accounts"},
        ),
    ],
    "hold_records": [
        Break(
            "update private.settlements set proof = jsonb_set(proof, '{payout,held}', 'true')"
            " where pot_id = %(settled)s",
            {"hold_records"},
        ),
        Break(
            "update private.settlements set proof = jsonb_set(proof, '{payout,held}', 'false')"
            " where pot_id = %(held)s",
            {"hold_records"},
        ),
        Break(
            "update public.pots_audit set action = 'payout_held'"
            " where pot_id = %(paid)s and action = 'payout_released'",
            {"hold_records", "chain_payloads", "event_records"},
        ),
    ],
    "hold_shares": [
        Break(
            "update private.transfers as t set amount = t.amount + case when t.id = ("
            "select min(o.id) from private.transfers as o where o.kind = 'return')"
            " then 5 else -5 end where t.kind = 'return'",
            {"hold_shares", "transfer_sides"},
        ),
    ],
    "idempotency": [
        Break(
            "update private.idempotency_keys"
            """ set response = jsonb_set(response, '{entry_id}', '"none"')"""
            " where operation = 'join_pot'",
            {"idempotency"},
        ),
        Break(
            "update private.idempotency_keys set response = jsonb_set(response, '{amount}', '1')"
            " where operation = 'grant_credits'",
            {"idempotency"},
        ),
    ],
    "ledger_sum": [
        Break(
            "delete from private.ledger_entries where version is null"
            " and transfer_id = (select min(id) from private.transfers)",
            {"ledger_sum", "transfer_sides"},
        ),
    ],
    "lock_digests": [
        Break(
            "update public.pots set locked_at = locked_at + interval '1 microsecond'"
            " where id = %(locked)s",
            {"lock_digests"},
        ),
    ],
    "merkle_trees": [
        Break(
            "update private.merkle_levels"
            " set nodes = set_byte(nodes, 20, 255 - get_byte(nodes, 20))"
            " where tree_id = %(locked)s and level = 1",
            {"merkle_trees"},
        ),
        Break(
            "delete from private.merkle_levels where tree_id = %(settled)s",
            {"merkle_trees"},
        ),
    ],
    "metric_counts": [
        Break(
            "update private.metric_counts set amount = amount + 1"
            " where grain = 'hour' and metric = 'joins'",
            {"metric_counts"},
        ),
        Break("delete from private.metric_players", {"metric_counts"}),
    ],
    "payouts": [
        Break(
            "insert into private.transfers (kind, pot_id, amount, created_at)"
            " values ('payout', %(locked)s, 100, now())",
            {"payouts", "transfer_sides"},
        ),
        Break(
            "update private.transfers set pot_id = %(locked)s"
            " where kind = 'payout' and pot_id = %(settled)s",
            {"payouts", "transfer_accounts", "winners"},
        ),
    ],
    "pot_columns": [
        Break(
            "update public.pots set reveal_seed = (select reveal_seed from public.pots"
            " where id = %(settled)s) where id = %(settling)s",
            {"pot_columns", "commitment_tags", "chain_states"},
        ),
        Break(
            "update private.pot_states set beacon_chain_hash = ("
            "select min(chain_hash) from private.beacon_chains) where pot_id = %(open)s",
            {"pot_columns"},
        ),
        Break(
            "update public.pots set cancelled_at = created_at - interval '1 second'"
            " where id = %(lonely)s",
            {"pot_columns"},
        ),
        Break(
            "update public.pots set reveal_seed = repeat('ab', 32) where id = %(open)s",
            {"pot_columns", "commitment_tags", "chain_states"},
        ),
        Break(
            "update public.pots set pause_reason = null where id = %(paused)s",
            {"pot_columns"},
        ),
    ],
    "reveal_times": [
        Break(
            "update public.pots_audit set created_at = created_at + interval '1 hour'"
            " where pot_id = %(waiting)s and action = 'revealed'",
            {"reveal_times", "chain_hashes"},
        ),
        Break(
            "update private.beacons set created_at = created_at - interval '1 hour'",
            {"reveal_times"},
        ),
        Break(
            "update public.pots_audit set action = 'revealed'"
            " where pot_id = %(waiting)s and action = 'claimed'",
            {"reveal_times", "chain_payloads", "chain_states", "chain_facts", "event_records"},
        ),
    ],
    "event_positions": [
        Break(
            "insert into private.event_positions (position, id, kind)"
            " select max(p.position) + 1, 1000000000, 'pot_joined'"
            " from private.event_positions as p",
            {"event_positions"},
        ),
        Break(
            "update private.event_positions set position = position + 1"
            " where position = (select max(p.position) from private.event_positions as p)",
            {"event_positions", "webhook_deliveries"},
        ),
        Break(
            "update private.event_positions set kind = 'a lie' where position = 1",
            {"event_positions"},
        ),
        Break(
            "with d as (delete from private.event_positions as p using private.events as e"
            " where p.id = e.id and e.pot_id = %(lonely)s returning p.position, p.id, p.kind),"
            " a as (select d.position, row_number() over (order by d.position) as n from d),"
            " b as (select d.id, d.kind, row_number() over (order by d.id desc) as n from d)"
            " insert into private.event_positions (position, id, kind)"
            " select a.position, b.id, b.kind from a inner join b on a.n = b.n",
            {"event_positions", "webhook_deliveries"},
        ),
        Break(
            "with d as (delete from private.event_positions where position = ("
            "select max(p.position) from private.event_positions as p) returning id)"
            " update private.event_sequencer set low_water = (select d.id from d)",
            {"event_positions", "webhook_deliveries"},
        ),
        Break(
            "update pg_catalog.pg_sequence set seqcache = 20"
            " where seqrelid = 'private.events_id_seq'::regclass",
            {"event_positions"},
        ),
    ],
    "event_records": [
        Break(
            "delete from private.events where kind = 'pot_joined' and pot_id = %(open)s",
            {"event_records", "event_positions", "webhook_deliveries"},
        ),
        Break(
            "delete from private.events where kind = 'pot_locked' and pot_id = %(settled)s",
            {"event_records", "event_positions", "webhook_deliveries"},
        ),
        Break(
            "insert into private.events (kind, pot_id, data, created_at)"
            " select e.kind, e.pot_id, e.data, e.created_at"
            " from private.events as e where e.kind = 'live_drop' and e.pot_id = %(settled)s",
            {"event_records"},
        ),
        Break("delete from private.live_drops where pot_id = %(settled)s", {"event_records"}),
    ],
    "log_leaves": [
        Break(
            "delete from private.log_leaves where leaf_index = 5",
            {"log_leaves", "log_tree"},
        ),
        Break(
            "delete from private.log_pending"
            " where audit_id = (select max(audit_id) from private.log_pending)",
            {"log_leaves"},
        ),
        Break(
            "update private.log_leaves set row_hash = repeat('ab', 32) where leaf_index = 5",
            {"log_leaves", "log_tree"},
        ),
        Break(
            "insert into private.log_pending"
            " select audit_id from private.log_leaves where leaf_index = 5",
            {"log_leaves"},
        ),
    ],
    "log_tree": [
        Break(
            "update private.log_nodes set hash = sha256('') where level = 2 and idx = 1",
            {"log_tree"},
        ),
        Break("delete from private.log_nodes where level = 1 and idx = 2", {"log_tree"}),
        Break(
            "insert into private.log_nodes values (0, 1000000, sha256(''))",
            {"log_tree"},
        ),
        Break(
            "update private.log_checkpoints set text = replace(text, E'\\n', E'\\nx')",
            {"log_tree"},
        ),
    ],
    "peppers": [
        Break(
            "update private.peppers set secret = null, destroyed_at = now(), retired_at = now()"
            " where retired_at is null",
            {"peppers"},
        ),
    ],
    "play_breaks": [
        Break(
            "insert into private.play_breaks (user_id, kind, started_at, ends_at)"
            " select user_id, 'cool_off', min(created_at), max(created_at) + interval '1 hour'"
            " from public.pot_entries group by user_id",
            {"play_breaks"},
        ),
    ],
    "proofs": [
        Break(
            "update private.settlements set proof = jsonb_set(proof, '{settled_at}',"
            """ '"2099-01-01T00:00:00.000000Z"') where pot_id = %(settled)s""",
            {"proofs"},
        ),
        Break(
            "update private.settlements set proof = jsonb_set(proof, '{settlement,signature}',"
            " proof #> '{orchestrator,signature}') where pot_id = %(settled)s",
            {"proofs"},
        ),
        Break(
            "update private.settlements set proof = '[]' where pot_id = %(settled)s",
            {"proofs", "hold_records"},
        ),
    ],
    "rules": [
        Break(
            "update public.pots set rules_hash = repeat('ab', 32) where id = %(open)s",
            {"rules"},
        ),
        Break(
            "update private.pot_states set min_participants = 1 where pot_id = %(open)s",
            {"rules"},
        ),
    ],
    "settlement_records": [
        Break(
            "delete from private.lock_attestations where pot_id = %(settling)s",
            {"settlement_records", "chain_facts"},
        ),
        Break(
            "delete from private.beacons where pot_id = %(drawn)s",
            {"settlement_records", "chain_facts", "proofs"},
        ),
        Break(
            "delete from private.settlements where pot_id = %(settled)s",
            {"settlement_records", "chain_facts"},
        ),
    ],
    "signing_keys": [
        Break(
            "insert into private.signing_keys (kid, purpose, public_key, valid_from)"
            " values (repeat('ab', 8), 'beacon', repeat('00', 32), now())",
            {"signing_keys", "signing_key_events"},
        ),
    ],
    "signing_key_events": [
        Break(
            "delete from private.events where kind = 'signing_key_registered'",
            {"signing_key_events", "event_positions", "webhook_deliveries"},
        ),
        Break(
            "insert into private.events (kind, data, created_at) select e.kind, e.data, now()"
            " from private.events as e where e.kind = 'signing_key_revoked'",
            {"signing_key_events"},
        ),
        Break(
            "update private.signing_keys set revoked_at = now(), revoke_reason = 'a lie'"
            " where purpose = 'settlement'",
            {"signing_key_events"},
        ),
        Break(
            "update private.signing_keys set revoked_at = null, revoke_reason = null"
            " where revoked_at is not null",
            {"signing_key_events"},
        ),
        Break(
            "update private.signing_keys set revoke_reason = 'another'"
            " where revoked_at is not null",
            {"signing_key_events"},
        ),
    ],
    "stripes": [
        Break(
            "update private.pot_stripes set quota = quota + 1"
            " where pot_id = %(open)s and stripe = 0",
            {"stripes"},
        ),
        Break(
            "update private.pot_stripes set participants = participants + 1"
            " where pot_id = %(lonely)s and stripe = 0",
            {"stripes"},
        ),
        Break(
            "update private.pot_stripes set sold = sold - 1"
            " where pot_id = %(settled)s and stripe = 0",
            {"stripes"},
        ),
    ],
    "ticket_numbers": [
        Break(
            "update public.pot_entries set first_ticket = first_ticket + 1"
            " where pot_id = %(locked)s and first_ticket = 7",
            {"ticket_numbers"},
        ),
        Break(
            "update public.pot_entries set first_ticket = 0 where pot_id = %(paused)s",
            {"ticket_numbers"},
        ),
    ],
    "transfer_accounts": [
        Break(
            "update private.transfers set pot_id = %(paused)s"
            " where kind = 'refund' and pot_id = %(open)s",
            {"transfer_accounts"},
        ),
    ],
    "transfer_sides": [
        Break(
            "insert into private.transfers (kind, amount, created_at) values ('grant', 5, now())",
            {"transfer_sides"},
        ),
        Break(
            "update private.transfers set amount = amount + 1 where kind = 'grant'",
            {"transfer_sides", "idempotency"},
        ),
    ],
    "tallies": [
        Break(
            "update private.wallets set tally_from = '2000-01-01', tally_joins = 0"
            " where user_id = (select min(user_id::text)::uuid from public.pot_entries)",
            {"tallies"},
        ),
        Break(
            "update private.wallets set tally_from = '2000-01-01', tally_credits = 0"
            " where user_id = (select min(user_id::text)::uuid from public.pot_entries)",
            {"tallies"},
        ),
    ],
    "user_caps": [
        Break(
            "update public.pots set max_per_user = 1 where id = %(open)s",
            {"user_caps", "rules"},
        ),
    ],
    "wallet_balances": [
        Break(
            "update private.wallets set balance = balance + 1"
            " where user_id = (select min(user_id::text)::uuid from private.wallets)",
            {"wallet_balances"},
        ),
        Break(
            "update private.wallets set version = version + 1"
            " where user_id = (select min(user_id::text)::uuid from private.wallets)",
            {"wallet_balances"},
        ),
    ],
    "wallet_history": [
        Break(
            "update private.ledger_entries set balance_after = balance_after + 1 where version = 2",
            {"wallet_history"},
        ),
        Break(
            "update private.ledger_entries set version = version + 100 where version = 3",
            {"wallet_history", "wallet_balances"},
        ),
    ],
    "webhook_deliveries": [
        Break(
            "update private.webhook_deliveries set next_attempt_at = null"
            " where next_attempt_at is not null",
            {"webhook_deliveries"},
        ),
        Break(
            "update private.webhook_deliveries set position = 424242"
            " where delivery_id = (select min(delivery_id) from private.webhook_deliveries)",
            {"webhook_deliveries"},
        ),
        Break(
            "update private.webhook_deliveries set event_id = gen_random_uuid()"
            " where delivery_id = (select min(delivery_id) from private.webhook_deliveries)",
            {"webhook_deliveries"},
        ),
        Break(
            "update private.event_consumers set position = 0 where consumer = 'webhooks'",
            {"webhook_deliveries"},
        ),
    ],
    "winners": [
        Break(
            "update private.settlements set transfer_id = ("
            "select min(id) from private.transfers) where pot_id = %(settled)s",
            {"winners"},
        ),
        Break(
            "update private.settlements set winning_ticket = (winning_ticket + 5) %% 10"
            " where pot_id = %(settled)s",
            {"winners", "proofs", "chain_facts"},
        ),
    ],
}

CASES = [
    pytest.param(name, each, id=f"{name} {number}")
    for name, breaks in BREAKS.items()
    for number, each in enumerate(breaks, 1)
]


@pytest.fixture(scope="module")
def lived(servers: Servers) -> Iterator[Lived]:
    database = servers.create(Template(17))
    played = live(database)
    prepared = played.game.api.call(ORCHESTRATOR, "prepare_checkpoint")
    signature = note.sign(bytes(range(32)), prepared["origin"], prepared["text"])
    signed = note.Note(prepared["text"], (signature,))
    played.game.api.call(ORCHESTRATOR, "publish_checkpoint", note=str(signed))
    played.game.pot()  # whose row waits for the log
    (leaver,) = played.game.users(1)
    played.game.api.call(
        COMPLIANCE, "erase_player", user_id=leaver, reason="asked to be", forfeit=True
    )
    yield played
    played.game.api.close()
    servers.drop(database)


def test_a_database_that_lived_breaks_no_invariant(lived: Lived) -> None:
    outcomes = check.check_database(lived.game.db.url())
    assert {each.name: each.findings for each in outcomes if not each.holds} == {}
    # No invariant holds for want of rows.
    assert [each.name for each in outcomes if each.rows == 0] == ["archive"]


def test_every_check_can_be_seen_to_break() -> None:
    assert set(BREAKS) == {each.name for each in check.checks()}
    for name, breaks in BREAKS.items():
        assert all(name in each.red for each in breaks)


BEGINNING = check.Mark(datetime(1970, 1, 1, 1, tzinfo=UTC), 0, None, 0)

# What the short form leaves to the whole one, and says so.
NOT_SHORT = {
    "accounts",
    "archive",
    "beacon_chains",
    "erasures",
    "event_positions",
    "event_records",
    "idempotency",
    "log_leaves",
    "log_tree",
    "metric_counts",
    "peppers",
    "play_breaks",
    "signing_key_events",
    "signing_keys",
    "tallies",
    "webhook_deliveries",
}


def test_the_short_form_says_what_it_leaves_to_the_whole_one() -> None:
    assert set(check.without_short_form()) == NOT_SHORT


def test_the_short_form_of_all_pots_holds_and_sees_each_of_them(lived: Lived) -> None:
    found = check.check_since(lived.game.db.url(), BEGINNING)
    assert [each.name for each in found.outcomes if not each.holds or each.rows == 0] == []
    assert {each.name for each in found.outcomes} == set(BREAKS) - NOT_SHORT
    with lived.game.db.admin() as conn:
        row = conn.execute("select count(*) from public.pots").fetchone()
    assert row == (found.pots,)


def test_what_broke_before_the_mark_is_for_the_whole_form_what_broke_after_it_for_both(
    lived: Lived,
) -> None:
    """The mark is at the end: what ended is before it, an open pot goes on after it."""
    outcomes, mark = check.checked_database(lived.game.db.url())
    assert all(each.holds for each in outcomes)
    # An hour later, that is.
    with lived.game.db.admin() as conn:
        (last,) = conn.execute("select max(id) from private.transfers").fetchone() or (0,)
    mark = replace(mark, transfer_id=last)
    wrong = "update public.pot_entries set salt = repeat('0', 64) where pot_id = %s"
    for pot_id, seen in ((lived.settled, False), (lived.open, True)):
        with lived.game.db.admin(autocommit=False) as conn:
            conn.execute(DISARM)
            assert conn.execute(wrong.encode(), [pot_id]).rowcount > 0
            whole = {each.name for each in check.run(conn) if not each.holds}
            short = check.since(conn, mark, slack=timedelta(0))
            conn.rollback()
        assert "entrant_tags" in whole
        red = {each.name for each in short.outcomes if not each.holds}
        assert red == ({"entrant_tags"} if seen else set())


def test_the_mark_is_of_the_snapshot_however_long_the_check_takes(lived: Lived) -> None:
    began: list[datetime] = []

    def report(_index: int, _check: check.Check) -> None:
        began.append(datetime.now(UTC))

    url = lived.game.db.url()
    _, mark = check.checked_database(url, report)
    assert mark.at < began[0]
    began.clear()
    assert check.check_since(url, mark, report).mark.at < began[0]


def test_a_row_of_the_log_that_came_late_is_looked_at(lived: Lived) -> None:
    """Its id is below the mark's, as if it had been committed after the check had looked."""
    _, mark = check.checked_database(lived.game.db.url())
    with lived.game.db.admin(autocommit=False) as conn:
        conn.execute(DISARM)
        (last,) = conn.execute("select max(id) from private.transfers").fetchone() or (0,)
        mark = replace(mark, transfer_id=last)
        conn.execute(
            "update public.pots set settled_at = settled_at - interval '1 day',"
            " cancelled_at = cancelled_at - interval '1 day'"
        )
        assert lived.settled in looked_at(conn, mark)
        conn.execute("update public.pots_audit set created_at = created_at - interval '1 day'")
        assert lived.settled not in looked_at(conn, mark)
        conn.rollback()


def test_each_reason_to_look_at_a_pot_is_enough(lived: Lived) -> None:
    """Of a pot that ended a day ago, all of whose rows a check has seen; and pots in progress."""
    _, seen = check.checked_database(lived.game.db.url())
    with lived.game.db.admin(autocommit=False) as conn:
        conn.execute(DISARM)

        def one(statement: str) -> int:
            (value,) = conn.execute(statement.encode(), vars(lived)).fetchone() or (0,)
            return int(value)

        conn.execute(
            "update public.pots set settled_at = settled_at - interval '1 day',"
            " cancelled_at = cancelled_at - interval '1 day'"
        )
        conn.execute("update public.pots_audit set created_at = created_at - interval '1 day'")
        mark = replace(seen, transfer_id=one("select max(id) from private.transfers"))
        found = looked_at(conn, mark)
        assert lived.settled not in found
        assert {lived.open, lived.locked, lived.settling} <= set(found)

        row = conn.execute(
            "select id, row_hash from public.pots_audit where id < ("
            "select max(id) from public.pots_audit where pot_id = %s) order by id desc limit 1",
            [lived.settled],
        ).fetchone()
        assert row is not None
        assert lived.settled in looked_at(conn, replace(mark, audit_id=row[0], row_hash=row[1]))
        moved = "select max(id) - 1 from private.transfers where pot_id = %(settled)s"
        assert lived.settled in looked_at(conn, replace(mark, transfer_id=one(moved)))
        with conn.transaction(force_rollback=True):
            conn.execute(
                "update public.pots_audit set created_at = now() where id >= ("
                "select max(id) from public.pots_audit where pot_id = %s)",
                [lived.settled],
            )
            assert lived.settled in looked_at(conn, mark)
        for settled, cancelled in (("now()", "null"), ("null", "now()")):
            with conn.transaction(force_rollback=True):
                ended = f"update public.pots set settled_at = {settled}, cancelled_at = {cancelled}"
                conn.execute(f"{ended} where id = %s".encode(), [lived.settled])
                assert lived.settled in looked_at(conn, mark)
        conn.rollback()


def test_a_transfer_that_may_have_been_under_way_is_before_no_mark(lived: Lived) -> None:
    url = lived.game.db.url()
    with lived.game.db.admin(autocommit=False) as conn:
        assert check.checked_database(url)[1].transfer_id == 0
        conn.execute(DISARM)
        conn.execute(
            "update private.transfers set created_at = created_at - interval '2 hours'"
            " where id <= (select min(id) + 2 from private.transfers)"
        )
        (third,) = conn.execute("select min(id) + 2 from private.transfers").fetchone() or (0,)
        assert check._mark(conn).transfer_id == third
        conn.rollback()


def looked_at(conn: psycopg.Connection[Any], mark: check.Mark) -> list[str]:
    """The pots that a short check with the usual slack has looked at."""
    check.since(conn, mark)
    row = conn.execute("select current_setting('pypot.pots')::uuid[]::text[]").fetchone()
    assert row is not None
    return list(row[0])


def test_a_mark_of_another_log_is_refused(lived: Lived) -> None:
    _, mark = check.checked_database(lived.game.db.url())
    with pytest.raises(UnreadableInputError, match="check the whole"):
        check.check_since(lived.game.db.url(), replace(mark, row_hash="0" * 64))


@pytest.mark.parametrize(("name", "broken"), CASES)
def test_what_is_broken_is_named(lived: Lived, name: str, broken: Break) -> None:
    pots = {key: value for key, value in vars(lived).items() if isinstance(value, str)}
    with lived.game.db.admin(autocommit=False) as conn:
        conn.execute(DISARM)
        changed = conn.execute(broken.statement.encode(), pots)
        assert changed.rowcount > 0
        outcomes = list(check.run(conn))
        short = check.since(conn, BEGINNING)
        conn.rollback()
    # A flag of a pot that is not there is of none that is looked at: only its own pot misses it.
    unseen = {name} if "flags set pot_id = gen_random_uuid()" in broken.statement else set()
    red_short = {each.name for each in short.outcomes if not each.holds}
    assert red_short == broken.red - NOT_SHORT - unseen
    red = {each.name: each for each in outcomes if not each.holds}
    assert set(red) == broken.red
    for outcome in red.values():
        assert 0 < len(outcome.findings) <= outcome.broken
        assert all(finding.subject and finding.problem for finding in outcome.findings)


def test_a_role_that_rows_are_hidden_from_is_told_so_and_finds_nothing_clean(lived: Lived) -> None:
    with pytest.raises(UnreadableInputError):
        check.check_database(lived.game.db.url("authenticator"))


def _pypot_check(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", "check", *args],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_0_and_lists_each_invariant(lived: Lived) -> None:
    done = _pypot_check("--db", lived.game.db.url())
    assert (done.returncode, done.stderr) == (0, "")
    assert f"all {len(check.checks())} invariants hold" in done.stdout
    report = json.loads(_pypot_check("--db", lived.game.db.url(), "--json").stdout)
    assert report["ok"] is True
    assert {each["name"] for each in report["checks"]} == set(BREAKS)


def test_the_command_goes_on_from_a_state_and_says_what_it_leaves_out(
    lived: Lived, tmp_path: Path
) -> None:
    asked = ("--db", lived.game.db.url(), "--json", "--state", str(tmp_path / "state"))
    whole, short = (_pypot_check(*asked) for _ in range(2))
    assert (whole.returncode, short.returncode) == (0, 0)
    assert "left_out" not in json.loads(whole.stdout)
    report = json.loads(short.stdout)
    assert set(report["left_out"]) == NOT_SHORT
    assert report["pots"] > 0
    (tmp_path / "state").write_text("{}")
    assert _pypot_check(*asked).returncode == 2


def test_the_command_says_1_and_names_what_broke(servers: Servers) -> None:
    database = servers.create(Template(17))
    try:
        lived = live(database)
        with database.admin() as conn:
            conn.execute("alter table private.wallets disable trigger all")
            conn.execute("update private.wallets set balance = balance + 1 where version > 0")
        done = _pypot_check("--db", database.url())
        lived.game.api.close()
    finally:
        servers.drop(database)
    assert done.returncode == 1
    assert "broken: wallet_balances" in done.stdout
    assert "wallet_balances: wallet of " in done.stdout


@pytest.mark.parametrize("migrated", [True, False], ids=["unreachable", "without our tables"])
def test_the_command_says_2_when_the_database_cannot_be_read(
    servers: Servers, migrated: bool
) -> None:
    if migrated:
        done = _pypot_check("--db", "postgresql://postgres:postgres@127.0.0.1:1/postgres")
    else:
        database = servers.create(Template(17, migrated=False))
        done = _pypot_check("--db", database.url())
        servers.drop(database)
    assert done.returncode == 2
    assert done.stderr.startswith("pypot: ")
    assert done.stderr.count("\n") == 1
