-- What holds whatever a function does: guards that fire even under session_replication_role =
-- replica, row security,
-- and every privilege, granted by name after revoking all.

-- --------------------------------------------------------------------------------------- summaries

create view private.pot_summaries
with (security_invoker = true)
as
select
    p.id,
    p.status,
    p.paused_at is not null as paused,
    p.entry_cost,
    p.max_tickets,
    p.max_per_user,
    t.tickets_sold,
    t.tickets_sold * p.entry_cost as credits_committed,
    t.participant_count,
    trim_scale(round(100.0 * t.tickets_sold / p.max_tickets, 2)) as fill_percent,
    p.draw_version,
    p.commit_tag,
    p.commit_hash,
    s.version + t.version as version, -- noqa: RF04
    private.json_time(p.created_at) as created_at,
    private.json_time(p.locks_at) as locks_at,
    private.json_time(p.locked_at) as locked_at,
    private.json_time(p.settled_at) as settled_at
from public.pots as p
inner join private.pot_states as s on p.id = s.pot_id
cross join lateral (
    select
        coalesce(sum(c.sold), 0)::bigint as tickets_sold,
        coalesce(sum(c.participants), 0)::bigint as participant_count,
        coalesce(sum(c.version), 0)::bigint as version -- noqa: RF04
    from private.pot_stripes as c
    where c.pot_id = p.id
) as t;
comment on view private.pot_summaries is
'PotSummary of every pot (PRD 5), the columns of public.pot_summary. tickets_sold keeps what '
'was sold when a pot was cancelled.';

-- ------------------------------------------------------------------------------------------ guards

create trigger tg_pots__transitions before update on public.pots
for each row execute function private.tg_pots__transitions();
create trigger tg_pots__kept before delete on public.pots
for each row execute function private.tg_append_only();
create trigger tg_pots__not_truncated before truncate on public.pots
for each statement execute function private.tg_append_only();
alter table public.pots enable always trigger tg_pots__transitions;
alter table public.pots enable always trigger tg_pots__kept;
alter table public.pots enable always trigger tg_pots__not_truncated;

create trigger tg_pot_entries__immutable before update on public.pot_entries
for each row execute function private.tg_pot_entries__immutable();
create trigger tg_pot_entries__kept before delete on public.pot_entries
for each row execute function private.tg_append_only();
create trigger tg_pot_entries__not_truncated before truncate on public.pot_entries
for each statement execute function private.tg_append_only();
alter table public.pot_entries enable always trigger tg_pot_entries__immutable;
alter table public.pot_entries enable always trigger tg_pot_entries__kept;
alter table public.pot_entries enable always trigger tg_pot_entries__not_truncated;

create trigger tg_wallets__explained before insert or update on private.wallets
for each row execute function private.tg_wallets__explained();
create trigger tg_wallets__kept before delete on private.wallets
for each row execute function private.tg_append_only();
create trigger tg_wallets__not_truncated before truncate on private.wallets
for each statement execute function private.tg_append_only();
alter table private.wallets enable always trigger tg_wallets__explained;
alter table private.wallets enable always trigger tg_wallets__kept;
alter table private.wallets enable always trigger tg_wallets__not_truncated;

create trigger tg_commitments__used_once before update on private.commitments
for each row execute function private.tg_commitments__used_once();
create trigger tg_commitments__kept before delete on private.commitments
for each row execute function private.tg_append_only();
create trigger tg_commitments__not_truncated before truncate on private.commitments
for each statement execute function private.tg_append_only();
alter table private.commitments enable always trigger tg_commitments__used_once;
alter table private.commitments enable always trigger tg_commitments__kept;
alter table private.commitments enable always trigger tg_commitments__not_truncated;

create trigger tg_signing_keys__revoked_once before update on private.signing_keys
for each row execute function private.tg_signing_keys__revoked_once();
create trigger tg_signing_keys__kept before delete on private.signing_keys
for each row execute function private.tg_append_only();
create trigger tg_signing_keys__not_truncated before truncate on private.signing_keys
for each statement execute function private.tg_append_only();
alter table private.signing_keys enable always trigger tg_signing_keys__revoked_once;
alter table private.signing_keys enable always trigger tg_signing_keys__kept;
alter table private.signing_keys enable always trigger tg_signing_keys__not_truncated;

create trigger tg_ledger_entries__balanced after insert on private.ledger_entries
referencing new table as added
for each statement execute function private.tg_ledger_entries__balanced();
alter table private.ledger_entries enable always trigger tg_ledger_entries__balanced;

create trigger tg_pot_states__beacon_fixed before update on private.pot_states
for each row execute function private.tg_pot_states__beacon_fixed();
alter table private.pot_states enable always trigger tg_pot_states__beacon_fixed;

create trigger tg_beacons__after_reveal before insert on private.beacons
for each row execute function private.tg_beacons__after_reveal();
alter table private.beacons enable always trigger tg_beacons__after_reveal;

-- Rows that change as a pot lives, but never go.
do $$
declare
    v_table text;
begin
    foreach v_table in array array['pot_states', 'pot_stripes', 'settings'] loop
        execute format(
            'create trigger tg_%1$s__kept before delete on private.%1$s '
            'for each row execute function private.tg_append_only()',
            v_table
        );
        execute format(
            'create trigger tg_%1$s__not_truncated before truncate on private.%1$s '
            'for each statement execute function private.tg_append_only()',
            v_table
        );
        execute format('alter table private.%1$s enable always trigger tg_%1$s__kept', v_table);
        execute format(
            'alter table private.%1$s enable always trigger tg_%1$s__not_truncated', v_table
        );
    end loop;
end $$;

do $$
declare
    v_table text;
begin
    foreach v_table in array array[
        'public.pots_audit', 'private.transfers', 'private.ledger_entries', 'private.accounts',
        'private.idempotency_keys', 'private.lock_attestations', 'private.settlements',
        'private.merkle_levels', 'private.events', 'private.beacon_chains', 'private.beacons'
    ] loop
        execute format(
            'create trigger tg_%1$s__append_only before update or delete on %2$s '
            'for each row execute function private.tg_append_only()',
            split_part(v_table, '.', 2), v_table
        );
        execute format(
            'create trigger tg_%1$s__not_truncated before truncate on %2$s '
            'for each statement execute function private.tg_append_only()',
            split_part(v_table, '.', 2), v_table
        );
        execute format(
            'alter table %2$s enable always trigger tg_%1$s__append_only',
            split_part(v_table, '.', 2), v_table
        );
        execute format(
            'alter table %2$s enable always trigger tg_%1$s__not_truncated',
            split_part(v_table, '.', 2), v_table
        );
    end loop;
end $$;

-- Always, because its columns are not null: no settlement is written unmeasured.
create trigger tg_settlements__measured before insert on private.settlements
for each row execute function private.tg_settlements__measured();
alter table private.settlements enable always trigger tg_settlements__measured;

-- -------------------------------------------------------------------------------------- privileges

-- Nobody but the functions' owner writes, service_role included; the defaults of either Supabase
-- mode are undone.
revoke all on all tables in schema private from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
revoke all on all sequences in schema private from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
revoke all on public.pots, public.pot_entries, public.pots_audit
from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
revoke all on sequence public.pot_entries_seq_seq, public.pots_audit_id_seq
from public, anon, authenticated, service_role,
 pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;

grant select (
    id, status, entry_cost, max_tickets, max_per_user, draw_version, commit_tag, commit_hash,
    reveal_seed, rules_text, rules_hash, paused_at, pause_reason, locks_at, total_tickets,
    entries_root, lock_digest,
    created_at, locked_at, settled_at, cancelled_at
) on public.pots to anon, authenticated, pot_orchestrator, pot_settlement, pot_beacon;
grant select on public.pots to service_role, pot_compliance;
grant select (
    id, pot_id, user_id, seq, ticket_count, credits_spent, salt, entrant_tag, first_ticket,
    created_at, cancelled_at
) on public.pot_entries to authenticated;
grant select on public.pot_entries to service_role, pot_compliance;
grant select on public.pots_audit to service_role, pot_compliance;

create policy pots_select on public.pots
for select to anon, authenticated, pot_orchestrator, pot_settlement, pot_beacon, pot_compliance
using (true);
create policy pot_entries_select_own on public.pot_entries
for select to authenticated
using (user_id = (select auth.uid()));
create policy pot_entries_select_compliance on public.pot_entries
for select to pot_compliance
using (true);
create policy pots_audit_select on public.pots_audit
for select to pot_compliance
using (true);

-- Nothing in private is read but by its owner's functions; said aloud, so that a grant made by
-- mistake still shows nothing.
do $$
declare
    v_table text;
begin
    foreach v_table in array array[
        'pot_templates', 'commitments', 'accounts', 'pot_states', 'pot_stripes', 'actors',
        'wallets', 'transfers', 'ledger_entries', 'idempotency_keys', 'signing_keys',
        'lock_attestations', 'beacon_chains', 'beacons', 'settlements', 'merkle_levels', 'settings',
        'lobby_pulses', 'events', 'alerts'
    ] loop
        execute format(
            'create policy %1$s_nobody on private.%1$s for all to public '
            'using (false) with check (false)',
            v_table
        );
    end loop;
end $$;

-- --------------------------------------------------------------------------------------- audit log

create trigger tg_pots_audit__logged after insert on public.pots_audit
for each row execute function private.tg_pots_audit__logged();
alter table public.pots_audit enable always trigger tg_pots_audit__logged;

create trigger tg_log_pending__sequenced before update or delete on private.log_pending
for each row execute function private.tg_log_pending__sequenced();
create trigger tg_log_pending__not_truncated before truncate on private.log_pending
for each statement execute function private.tg_append_only();
alter table private.log_pending enable always trigger tg_log_pending__sequenced;
alter table private.log_pending enable always trigger tg_log_pending__not_truncated;

do $$
declare
    v_table text;
begin
    foreach v_table in array array['log_leaves', 'log_nodes', 'log_checkpoints', 'log_signatures']
    loop
        execute format(
            'create trigger tg_%1$s__append_only before update or delete on private.%1$s '
            'for each row execute function private.tg_append_only()',
            v_table
        );
        execute format(
            'create trigger tg_%1$s__not_truncated before truncate on private.%1$s '
            'for each statement execute function private.tg_append_only()',
            v_table
        );
        execute format(
            'alter table private.%1$s enable always trigger tg_%1$s__append_only', v_table
        );
        execute format(
            'alter table private.%1$s enable always trigger tg_%1$s__not_truncated', v_table
        );
    end loop;
    foreach v_table in array array[
        'log_pending', 'log_leaves', 'log_nodes', 'log_checkpoints', 'log_signatures'
    ] loop
        execute format(
            'create policy %1$s_nobody on private.%1$s for all to public '
            'using (false) with check (false)',
            v_table
        );
    end loop;
end $$;

-- ---------------------------------------------------------------------------------------- realtime

-- Who may listen (contract section 7). Nobody may send a broadcast: that is what functions do.
create policy pots_topics_select on realtime.messages
for select to anon, authenticated
using (
    extension in ('broadcast', 'presence')
    and (
        (select realtime.topic()) like 'pots:%'
        or (select realtime.topic()) = 'live-drops'
        or (select realtime.topic()) = 'wallet:' || (select auth.uid())::text
    )
);

-- Who may say that they are there: whoever watches a pot or the lobby. Presence is kept by Realtime
-- and never in this table, which only learns whether it would be allowed.
create policy pots_presence_insert on realtime.messages
for insert to anon, authenticated
with check (
    extension = 'presence'
    and topic like 'pots:%'
    and topic = (select realtime.topic())
);
