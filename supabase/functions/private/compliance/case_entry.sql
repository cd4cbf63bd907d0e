-- An entry as compliance sees it
create or replace function private.case_entry(
    p_entry public.pot_entries, p_account bigint, p_address bigint, p_device bigint
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'entry_id', p_entry.id,
        'seq', p_entry.seq,
        'account', 'account-' || p_account,
        'user_id', p_entry.user_id,
        'account_created_at', private.json_time(u.created_at),
        'account_age_seconds', floor(extract(epoch from p_entry.created_at - u.created_at)),
        'address', 'address-' || p_address,
        'device', 'device-' || p_device,
        'region', p_entry.region,
        'correlation_id', p_entry.correlation_id,
        'ticket_count', p_entry.ticket_count,
        'credits_spent', p_entry.credits_spent,
        'entrant', left(p_entry.entrant_tag, 16),
        'first_ticket', p_entry.first_ticket,
        'created_at', private.json_time(p_entry.created_at),
        'cancelled_at', private.json_time(p_entry.cancelled_at),
        'flags', (
            select coalesce(jsonb_agg(f.flag_id order by f.score desc, f.flag_id), '[]')
            from private.flags as f
            where f.pot_id = p_entry.pot_id and f.user_id = p_entry.user_id
        )
    )
    from (values (1)) as always (one)
    left join auth.users as u on u.id = p_entry.user_id
$$;

comment on function private.case_entry(public.pot_entries, bigint, bigint, bigint) is
'An entry as compliance sees it: labels of the case instead of hashes, no salt; the account''s age '
'when it bought, NULL of an account that is gone.';

revoke all on function private.case_entry(public.pot_entries, bigint, bigint, bigint)
from public, anon, authenticated, service_role;
