-- Moves the rows of a pot that ended long ago into the partitions of its month, and says so in its
-- chain, by hash. In one transaction, so a pot is in one place or in the other.
--
-- Guards, in order: arguments; a person; the pot exists; not archived yet (then it answers so and
-- changes nothing); nothing in the way (archive_blockers); an export of the pot as it is now; its
-- month is open.
-- Locks, in order: the archive's, the pot's row.
-- Writes: archived_*, carried_counts; out of pot_entries, transfers, ledger_entries, events,
-- event_positions, merkle_levels, idempotency_keys (of joins); pots_audit, event pot_archived.
-- Raises: invalid_argument, login_required, not_allowed, pot_not_found, wrong_state, busy (a
-- transaction of one snapshot).
create or replace function private.archive_pot(
    p_pot_id uuid, p_export_id uuid, p_export_hash text, p_version bigint
)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_month date;
    v_ended_at timestamptz;
    v_blockers text[];
    v_kept jsonb;
    v_transfers bigint[];
    v_first bigint;
    v_last bigint;
    v_entries bigint;
    v_tickets bigint;
    v_credits bigint;
    v_joined bigint;
    v_events bigint;
    v_digests jsonb;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_given('export_id', p_export_id::text);
    perform private.require_hex('export_hash', p_export_hash, 32);
    perform private.require_given('version', p_version::text);
    perform private.require_person();
    perform private.require_read_committed();
    perform pg_advisory_xact_lock(hashtextextended('pots/archive', 0));
    v_pot := private.hold_pot(p_pot_id, false);
    if private.is_archived(p_pot_id) then
        return jsonb_build_object('pot_id', p_pot_id, 'archived', false);
    end if;
    v_blockers := private.archive_blockers(p_pot_id);
    if v_blockers <> '{}' then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status, 'blockers', v_blockers
        ));
    end if;
    if not exists (
        select
        from private.exports as x
        where x.export_id = p_export_id and x.pot_id = p_pot_id
    ) or p_version is distinct from private.pot_version(p_pot_id) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'export_id', 'expected', 'an export of the pot as it is now'
        ));
    end if;
    v_ended_at := coalesce(v_pot.settled_at, v_pot.cancelled_at);
    v_month := private.archive_month(v_ended_at);
    if not exists (
        select
        from private.archive_months as m
        where m.month = v_month and m.detached_at is null
    ) then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status, 'blockers', array['month']
        ));
    end if;

    -- What is told of the pot for good, and counted of it, without its rows.
    v_kept := jsonb_strip_nulls(jsonb_build_object(
        'release', private.release_json(p_pot_id),
        'refunds', case when v_pot.status = 'cancelled' then private.refunds_json(p_pot_id) end
    ));
    perform private.carry_counts(v_pot);

    insert into private.archived_entries
    select v_month, e.* from public.pot_entries as e where e.pot_id = p_pot_id;
    get diagnostics v_entries = row_count;
    select coalesce(sum(e.ticket_count), 0), coalesce(sum(e.credits_spent), 0)
    into v_tickets, v_credits
    from public.pot_entries as e
    where e.pot_id = p_pot_id;
    -- Each moves credits of the pot's escrow or hold.
    v_transfers := array(
        select distinct l.transfer_id
        from private.accounts as a
        inner join private.ledger_entries as l on a.id = l.account_id
        where a.pot_id = p_pot_id
    );
    insert into private.archived_transfers
    select v_month, t.* from private.transfers as t where t.id = any(v_transfers);
    insert into private.archived_ledger
    select v_month, l.* from private.ledger_entries as l where l.transfer_id = any(v_transfers);
    insert into private.archived_levels
    select v_month, m.* from private.merkle_levels as m where m.tree_id = p_pot_id;
    -- Ids are in order of time, and a join is after the pot's first event and before its end's.
    select min(e.id), max(e.id) into v_first, v_last
    from private.events as e
    where e.pot_id = p_pot_id and e.kind not in ('pot_joined', 'pot_entry_cancelled');
    insert into private.archived_events
    select v_month, p.position, e.*
    from private.events as e
    inner join private.event_positions as p on e.id = p.id
    where e.id between v_first and v_last
        and e.pot_id = p_pot_id
        and e.kind <> 'pot_exported';
    get diagnostics v_events = row_count;
    select count(*) into v_joined
    from private.archived_events as e
    where e.month = v_month and e.pot_id = p_pot_id and e.kind = 'pot_joined';
    if v_joined <> v_entries and exists (
        select
        from private.archived_events as e
        where e.month = v_month and e.pot_id = p_pot_id and e.kind = 'pot_created'
    ) then
        raise check_violation using message = 'an entry of the pot has no event, or one too many';
    end if;

    delete from private.idempotency_keys as k
    where k.operation = 'join_pot'
        and k.created_at between v_pot.created_at and v_ended_at
        and (k.request ->> 'pot_id')::uuid = p_pot_id;
    delete from private.event_positions as p
    using private.archived_events as a
    where p.id = a.id and a.month = v_month and a.pot_id = p_pot_id;
    delete from private.events as e
    using private.archived_events as a
    where e.id = a.id and a.month = v_month and a.pot_id = p_pot_id;
    delete from private.ledger_entries as l where l.transfer_id = any(v_transfers);
    delete from private.transfers as t where t.id = any(v_transfers);
    delete from private.merkle_levels as m where m.tree_id = p_pot_id;
    delete from public.pot_entries as e where e.pot_id = p_pot_id;

    v_digests := private.archive_digests(p_pot_id, v_month);
    insert into private.archived_pots (
        pot_id, month, export_id, entries, tickets, credits, events, kept, archived_at
    )
    values (
        p_pot_id, v_month, p_export_id, v_entries, v_tickets, v_credits, v_events, v_kept,
        private.now()
    );
    perform private.append_audit(p_pot_id, 'archived', null, jsonb_build_object(
        'pot_id', p_pot_id,
        'month', v_month,
        'export_id', p_export_id,
        'export_hash', p_export_hash,
        'tables', v_digests
    ));
    return jsonb_build_object(
        'pot_id', p_pot_id, 'archived', true, 'month', v_month, 'entries', v_entries,
        'events', v_events, 'tables', v_digests
    );
end $$;

comment on function private.archive_pot(uuid, uuid, text, bigint) is
'Moves the rows of a pot into the archive: {pot_id, archived, month, entries, events, tables}; '
'archived is false when that was done before. p_export_id and p_export_hash are of its signed '
'export, p_version is the pot''s version in it.';

revoke all on function private.archive_pot(uuid, uuid, text, bigint)
from public, anon, authenticated, service_role;
