-- Lets the rows of an archived month leave the database, once they are in a signed file. Of each
-- wallet one carried entry stays for every run of its entries that left, of the outbox the
-- positions, and the chain of the month's last pot says it all by hash.
--
-- Guards, in order: arguments; a person; the month is archived and not detached yet (then it
-- answers so and changes nothing); it is over; every pot that ended in it is archived, and that is
-- in a checkpoint of the log; the archive has what the chains say; no active webhook has a delivery
-- of it to come.
-- Locks, in order: the archive's; the row of the month's last pot; webhooks, by id; the partitioned
-- tables, against who reads the archive, for the end of the transaction.
-- Writes: webhook_deliveries (those of disabled webhooks are given up), carried_entries,
-- carried_positions, archive_months; drops five partitions; pots_audit, event pot_detached.
-- Raises: invalid_argument, login_required, not_allowed, wrong_state, busy (a transaction of one
-- snapshot).
create or replace function private.detach_month(p_month date, p_file_hash text)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_anchor uuid;
    v_left bigint;
    v_size bigint;
    v_pots bigint;
    v_carried jsonb;
    v_table text;
    v_name text;
begin
    perform private.require_given('month', p_month::text);
    perform private.require_hex('file_hash', p_file_hash, 32);
    perform private.require_person();
    perform private.require_read_committed();
    perform pg_advisory_xact_lock(hashtextextended('pots/archive', 0));
    v_anchor := private.archive_anchor(p_month);
    if v_anchor is null then
        perform private.fail('wrong_state', '{"status": "not archived"}');
    end if;
    if exists (
        select
        from private.archive_months as m
        where m.month = p_month and m.detached_at is not null
    ) then
        return jsonb_build_object('month', p_month, 'detached', false);
    end if;
    if p_month >= private.archive_month(private.now()) then
        perform private.fail('wrong_state', '{"status": "not over"}');
    end if;
    select count(*) into v_left
    from public.pots as p
    where p.status in ('settled', 'cancelled')
        and coalesce(p.settled_at, p.cancelled_at) >= p_month::timestamp at time zone 'UTC'
        and coalesce(p.settled_at, p.cancelled_at)
        < (p_month + interval '1 month') at time zone 'UTC'
        and not private.is_archived(p.id);
    if v_left > 0 then
        perform private.fail('wrong_state', jsonb_build_object('pots_not_archived', v_left));
    end if;
    select coalesce(max(c.size), 0) into v_size from private.log_checkpoints as c;
    select count(*), count(*) filter (where coalesce(l.leaf_index >= v_size, true))
    into v_pots, v_left
    from private.archived_pots as n
    inner join public.pots_audit as a on n.pot_id = a.pot_id and a.action = 'archived'
    left join private.log_leaves as l on a.id = l.audit_id
    where n.month = p_month;
    if v_left > 0 then
        perform private.fail('wrong_state', jsonb_build_object('rows_without_checkpoint', v_left));
    end if;
    perform private.require_digests(p_month);
    perform private.hold_pot(v_anchor, false);
    -- Whoever replays a delivery holds its webhook: what was replayed is seen here, and who comes
    -- later finds the month away. One that stayed could not be sent, nor anything beside it.
    perform from private.webhook_subscriptions as s order by s.webhook_id for no key update;
    select count(*) into v_left
    from private.webhook_deliveries as d
    inner join private.webhook_subscriptions as s on d.webhook_id = s.webhook_id
    inner join private.archived_events as e on d.position = e.position and e.month = p_month
    where d.status = 'pending' and s.active;
    if v_left > 0 then
        perform private.fail('wrong_state', jsonb_build_object('deliveries_pending', v_left));
    end if;
    update private.webhook_deliveries as d
    set
        status = 'dead', next_attempt_at = null, lease = null, lease_until = null,
        ended_at = private.now()
    from private.archived_events as e
    where d.status = 'pending' and d.position = e.position and e.month = p_month;
    perform private.promote_deliveries(s.webhook_id, null)
    from private.webhook_subscriptions as s
    where not s.active;

    insert into private.carried_entries (
        account_id, from_version, to_version, amount, balance_after, until, month
    )
    select
        r.account_id, min(r.version), max(r.version), sum(r.amount),
        (array_agg(r.balance_after order by r.version desc))[1],
        (array_agg(r.created_at order by r.version desc))[1],
        p_month
    from (
        select
            l.account_id, l.version, l.amount, l.balance_after, t.created_at,
            l.version - row_number() over (partition by l.account_id order by l.version) as run
        from private.archived_ledger as l
        inner join private.archived_transfers as t
            on l.transfer_id = t.id and t.month = p_month
        where l.month = p_month and l.version is not null
    ) as r
    group by r.account_id, r.run;
    insert into private.carried_positions (from_position, to_position, month)
    select min(r.position), max(r.position), p_month
    from (
        select e.position, e.position - row_number() over (order by e.position) as run
        from private.archived_events as e
        where e.month = p_month
    ) as r
    group by r.run;
    v_carried := private.carried_json(p_month);
    if v_carried #>> '{entries,sum}' <> '0' then
        raise check_violation using message = 'what leaves does not sum to zero over the wallets';
    end if;
    perform private.append_audit(v_anchor, 'detached', null, jsonb_build_object(
        'pot_id', v_anchor,
        'month', p_month,
        'pots', v_pots,
        'file_hash', p_file_hash,
        'carried', v_carried
    ));
    update private.archive_months as m
    set detached_at = private.now(), file_hash = p_file_hash
    where m.month = p_month;
    foreach v_table in array private.archive_tables() loop
        v_name := private.archive_partition(v_table, p_month);
        execute format('alter table private.%I detach partition private.%I', v_table, v_name);
        execute format('drop table private.%I', v_name);
    end loop;
    return jsonb_build_object(
        'month', p_month, 'detached', true, 'pots', v_pots, 'carried', v_carried
    );
end $$;

comment on function private.detach_month(date, text) is
'Drops the partitions of an archived month whose signed file has the hash: {month, detached, pots, '
'carried}; detached is false when that was done before.';

revoke all on function private.detach_month(date, text)
from public, anon, authenticated, service_role;
