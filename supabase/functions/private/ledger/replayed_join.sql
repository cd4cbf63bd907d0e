-- The answer to an earlier join with this key. Of the answer the key keeps what no other row says;
-- the rest is the entry's, which never changes.
--
-- The caller holds the player's wallet, so calls with one key wait for the first of them.
-- Raises: idempotency_key_reused, for another player's key or another request.
create or replace function private.replayed_join(
    p_key text, p_user_id uuid, p_pot_id uuid, p_ticket_count integer
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_kept jsonb;
begin
    -- All of it stands in keys of before it was kept short.
    v_kept := private.replayed('join_pot', p_key, jsonb_build_object(
        'pot_id', p_pot_id, 'ticket_count', p_ticket_count
    ));
    if v_kept is null or v_kept ? 'salt' then
        return v_kept;
    end if;
    return (
        select jsonb_build_object(
            'entry_id', e.id,
            'pot_id', e.pot_id,
            'ticket_count', e.ticket_count,
            'credits_spent', e.credits_spent,
            'balance', v_kept -> 'balance',
            'tickets_sold', v_kept -> 'tickets_sold',
            'credits_committed',
            (v_kept -> 'tickets_sold')::bigint * (e.credits_spent / e.ticket_count),
            'entrant', left(e.entrant_tag, 16),
            'salt', e.salt
        )
        from public.pot_entries as e
        where e.id = (v_kept ->> 'entry_id')::uuid and e.user_id = p_user_id
    );
end $$;

comment on function private.replayed_join(text, uuid, uuid, integer) is
'What join_pot answered when it was first called with this key: put together from the key and its '
'entry. NULL when there was no such call, or no key.';

revoke all on function private.replayed_join(text, uuid, uuid, integer)
from public, anon, authenticated, service_role;
