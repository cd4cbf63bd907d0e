-- Raises: invalid_argument.
create or replace function private.metric_flags(
    p_from timestamptz, p_to timestamptz, p_bucket text
)
returns setof public.metric_flags
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_first timestamptz;
    v_end timestamptz;
    v_step interval;
begin
    select min(b.bucket), max(b.bucket) + make_interval(secs => max(b.seconds)),
        make_interval(secs => max(b.seconds))
    into v_first, v_end, v_step
    from private.metric_buckets(p_from, p_to, p_bucket) as b;
    return query
    -- Flags are few beside entries and one is raised again and again: counted as they stand.
    select
        private.json_time(f.bucket),
        f.kind,
        sum(f.raised)::bigint,
        sum(f.cleared)::bigint,
        sum(f.upheld)::bigint
    from (
        select
            date_bin(v_step, r.created_at, v_first) as bucket, r.kind,
            1 as raised, 0 as cleared, 0 as upheld
        from private.flags as r
        where r.created_at >= v_first and r.created_at < v_end
        union all
        select
            date_bin(v_step, d.reviewed_at, v_first), d.kind,
            0, (d.status = 'cleared')::integer, (d.status = 'upheld')::integer
        from private.flags as d
        where d.reviewed_at >= v_first and d.reviewed_at < v_end
    ) as f
    group by f.bucket, f.kind
    order by f.bucket, f.kind;
end $$;

comment on function private.metric_flags(timestamptz, timestamptz, text) is
'Definer half of public.metric_flags.';

revoke all on function private.metric_flags(timestamptz, timestamptz, text)
from public, anon, authenticated, service_role;
grant execute on function private.metric_flags(timestamptz, timestamptz, text)
to pot_compliance, service_role;
