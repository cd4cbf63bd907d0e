-- What a player set for oneself, as my_play_limits and its writers answer
create or replace function private.play_limits_json(p_user_id uuid, p_at timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'limits', jsonb_object_agg(p.period, jsonb_build_object(
            'credits', l.credits,
            'spent', s.spent,
            'left', case when l.credits is not null then greatest(l.credits - s.spent, 0) end,
            'next_credits', l.next_credits,
            'next_at', private.json_time(l.next_at)
        )),
        'cool_off_until', private.json_time((
            select max(b.ends_at)
            from private.play_breaks as b
            where b.user_id = p_user_id and b.kind = 'cool_off' and b.ends_at > p_at
        )),
        'self_excluded_until', private.json_time((
            select max(b.ends_at)
            from private.play_breaks as b
            where b.user_id = p_user_id and b.kind = 'self_excluded' and b.ends_at > p_at
        ))
    )
    from unnest('{day,week,month}'::text[]) as p (period)
    cross join lateral (select private.spent(p_user_id, p.period, p_at)) as s (spent)
    left join private.play_limits_of(p_user_id, p_at) as l on p.period = l.period
$$;

comment on function private.play_limits_json(uuid, timestamptz) is
'A player''s own limits {limits: {day, week, month: {credits, spent, left, next_credits, '
'next_at}}, '
'cool_off_until, self_excluded_until}; credits NULL: no limit.';

revoke all on function private.play_limits_json(uuid, timestamptz)
from public, anon, authenticated, service_role;
