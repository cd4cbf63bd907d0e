-- What is kept of a player once
create or replace function private.my_account(p_user_id uuid, p_actor_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'user_id', p_user_id,
        'pseudonym', p_actor_id,
        'account_created_at', private.json_time(u.created_at),
        'wallet', (
            select jsonb_build_object(
                'balance', w.balance,
                'version', w.version,
                'opened_at', private.json_time(a.created_at)
            )
            from private.wallets as w
            inner join private.accounts as a on w.account_id = a.id
            where w.user_id = p_user_id
        ),
        'handle', (
            select h.handle from private.player_handles as h where h.user_id = p_user_id
        ),
        'play_limits', private.play_limits_json(p_user_id, private.now()),
        'play_breaks', (
            select jsonb_agg(
                jsonb_build_object(
                    'kind', b.kind,
                    'started_at', private.json_time(b.started_at),
                    'ends_at', private.json_time(b.ends_at)
                )
                order by b.id
            )
            from private.play_breaks as b
            where b.user_id = p_user_id
        ),
        'staff', private.is_staff(p_user_id),
        'erasure_requested_at', (
            select private.json_time(e.requested_at)
            from private.erasures as e
            where e.user_id = p_user_id
        ),
        'kept_for', private.retention_json(),
        'elsewhere', 'e-mail address, phone number and sign-ins are kept by the sign-in service'
    )
    from auth.users as u
    where u.id = p_user_id
$$;

comment on function private.my_account(uuid, uuid) is
'Of a player what there is one of: pseudonym, wallet, requests, and for how long what is kept.';

revoke all on function private.my_account(uuid, uuid)
from public, anon, authenticated, service_role;
