-- Whether a player is on a break of one's own choice
create or replace function private.guard_break(p_user_id uuid, p_at timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object('reason', b.kind, 'until', private.json_time(b.ends_at))
    from private.play_breaks as b
    where b.user_id = p_user_id and b.ends_at > p_at
    order by b.ends_at desc, b.id
    limit 1
$$;

comment on function private.guard_break(uuid, timestamptz) is
'The break that a player is on, the one that ends last, as {reason, until}; NULL when on none.';

revoke all on function private.guard_break(uuid, timestamptz)
from public, anon, authenticated, service_role;
