-- Whether a player is on a break of one's own choice
create or replace function private.guard_break(p_user_id uuid, p_at timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object('reason', b.kind, 'until', private.json_time(b.ends_at))
    from (
        select n.kind, n.ends_at, n.id
        from private.play_breaks as n
        where n.user_id = p_user_id and n.ends_at > p_at
        union all
        -- That of an earlier account, which was erased.
        select 'self_excluded', m.ends_at, null
        from (select private.excluded_until(p_user_id, p_at) as ends_at) as m
        where exists (select from private.exclusion_marks as any_mark) and m.ends_at is not null
    ) as b
    order by b.ends_at desc, b.id
    limit 1
$$;

comment on function private.guard_break(uuid, timestamptz) is
'The break that a player is on, the one that ends last, as {reason, until}; NULL when on none.';

revoke all on function private.guard_break(uuid, timestamptz)
from public, anon, authenticated, service_role;
