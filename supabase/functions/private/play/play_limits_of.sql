-- A change that was asked for holds from its time on, without anybody having to write it.
create or replace function private.play_limits_of(p_user_id uuid, p_at timestamptz)
returns table (period text, credits bigint, next_credits bigint, next_at timestamptz)
language sql
stable
set search_path = ''
as $$
    select
        l.period,
        case when l.next_at <= p_at then l.next_credits else l.credits end,
        case when l.next_at > p_at then l.next_credits end,
        case when l.next_at > p_at then l.next_at end
    from private.play_limits as l
    where l.user_id = p_user_id
    order by array_position('{day,week,month}', l.period)
$$;

comment on function private.play_limits_of(uuid, timestamptz) is
'A player''s own limits as of p_at: credits (NULL: none), and what holds from next_at on.';

revoke all on function private.play_limits_of(uuid, timestamptz)
from public, anon, authenticated, service_role;
