-- Raises: invalid_argument.
create or replace function private.metric_settle_time(
    p_from timestamptz, p_to timestamptz, p_bucket text
)
returns setof public.metric_settle_time
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_first timestamptz;
    v_last timestamptz;
begin
    select min(b.bucket), max(b.bucket) into v_first, v_last
    from private.metric_buckets(p_from, p_to, p_bucket) as b;
    return query
    select
        private.json_time(b.bucket),
        coalesce(f.counted, 0),
        coalesce(w.pots, 0),
        round(w.pots::numeric / f.counted, 4),
        f.median,
        f.high,
        coalesce(f.distribution, '[]')
    from private.metric_buckets(p_from, p_to, p_bucket) as b
    left join private.metric_spread('settle', p_bucket, v_first, v_last, 0.99) as f
        on b.bucket = f.bucket
    left join lateral (
        select coalesce(sum((d.class ->> 'pots')::bigint), 0)::bigint as pots
        from jsonb_array_elements(f.distribution) as d (class)
        where (d.class ->> 'le')::numeric <= 120
    ) as w on f.bucket is not null
    order by b.bucket;
end $$;

comment on function private.metric_settle_time(timestamptz, timestamptz, text) is
'Definer half of public.metric_settle_time.';

revoke all on function private.metric_settle_time(timestamptz, timestamptz, text)
from public, anon, authenticated, service_role;
grant execute on function private.metric_settle_time(timestamptz, timestamptz, text)
to pot_compliance, service_role;
