-- The one statement of who may act as a player. The token may be older than a ban: auth.users
-- decides, not the claims. A statement and not steps, because every step of plpgsql is prepared
-- anew in each transaction (docs/decisions/0170).
create or replace function private.caller_player()
returns private.player
language plpgsql
stable
set search_path = ''
as $$
declare
    v_player private.player;
begin
    select
        s.user_id,
        case
            when s.user_id is null then 'login_required'
            when s.claims -> 'is_anonymous' = 'true' or u.id is null or u.is_anonymous
                or exists (
                    select
                    from private.erasures as e
                    where e.user_id = s.user_id and e.erased_at is not null
                ) then 'not_allowed'
            when u.deleted_at is not null or u.banned_until > private.now() then 'account_blocked'
        end,
        -- As private.is_staff has it; where the letters stand nowhere, no role of ours does.
        exists (select from private.staff as l where l.user_id = s.user_id)
        or strpos(s.claims::text, 'pot_') > 0 and (
            private.names_officer(s.claims) or private.names_officer(s.claims -> 'app_metadata')
        )
        or strpos(u.raw_app_meta_data::text, 'pot_') > 0
        and private.names_officer(u.raw_app_meta_data),
        a.actor_id,
        u.created_at
    into strict v_player
    from (
        select
            c.claims,
            case
                when c.claims ->> 'sub' ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
                    then (c.claims ->> 'sub')::uuid
            end as user_id
        from (
            select nullif(current_setting('request.jwt.claims', true), '')::jsonb as claims
        ) as c
        offset 0
    ) as s
    left join auth.users as u on s.user_id = u.id
    left join private.actors as a on s.user_id::text = a.subject;
    return v_player;
end $$;

comment on function private.caller_player() is
'The caller as a player. problem is login_required, not_allowed (anonymous sign-in, no such user '
'or one who was erased), account_blocked (banned or deleted), or NULL when nothing stands in the '
'way. is_staff: on private.staff, or with a pot_* role in the token or in '
'auth.users.raw_app_meta_data, which may know better than the token.';

revoke all on function private.caller_player()
from public, anon, authenticated, service_role;
