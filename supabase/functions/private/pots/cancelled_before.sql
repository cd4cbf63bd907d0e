-- What cancel_entry answers about an entry that left for the archive: the same as before it left.
-- Raises: entry_not_found, pot_not_open.
create or replace function private.cancelled_before(p_entry_id uuid, p_user_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_entry record;
    v_result jsonb;
begin
    select e.pot_id, e.ticket_count, e.cancelled_at, p.status into v_entry
    from private.archived_entries as e
    inner join public.pots as p on e.pot_id = p.id
    where e.id = p_entry_id and e.user_id = p_user_id;
    if not found then
        perform private.fail('entry_not_found');
    end if;
    if v_entry.cancelled_at is null then
        perform private.fail('pot_not_open', jsonb_build_object('status', v_entry.status));
    end if;
    select jsonb_build_object(
        'entry_id', p_entry_id,
        'pot_id', v_entry.pot_id,
        'ticket_count', v_entry.ticket_count,
        'credits_refunded', t.amount,
        'balance', l.balance_after,
        'cancelled_at', private.json_time(t.created_at)
    ) into strict v_result
    from private.archived_transfers as t
    inner join private.wallets as w on w.user_id = p_user_id
    inner join private.archived_ledger as l
        on t.id = l.transfer_id and w.account_id = l.account_id
    where t.entry_id = p_entry_id and t.kind = 'refund';
    return v_result;
end $$;

comment on function private.cancelled_before(uuid, uuid) is
'The first answer of cancel_entry about an entry of an archived pot whose month is attached. Fails '
'with entry_not_found for one that is not there or is another player''s, with pot_not_open for one '
'that was not cancelled.';

revoke all on function private.cancelled_before(uuid, uuid)
from public, anon, authenticated, service_role;
