-- Guards and what it raises: private.metric_buckets.
create or replace function private.metric_fill_time(
    p_from timestamptz, p_to timestamptz, p_bucket text
)
returns setof public.metric_fill_time
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    c_peak_hours constant integer := 6; -- of each UTC day
    v_first timestamptz;
    v_last timestamptz;
    v_step interval;
begin
    select min(b.bucket), max(b.bucket), make_interval(secs => max(b.seconds))
    into v_first, v_last, v_step
    from private.metric_buckets(p_from, p_to, p_bucket) as b;
    return query
    with targets as (
        select
            h.bucket as hour, h.amount,
            h.label = 'within' as is_within,
            j.place <= c_peak_hours as is_peak
        from private.metric_counts as h
        left join (
            select
                c.bucket,
                row_number() over (
                    partition by date_bin('1 day', c.bucket, '2000-01-01 00:00:00+00')
                    order by c.amount desc, c.bucket
                ) as place
            from private.metric_counts as c
            where c.grain = 'hour'
                and c.metric = 'joins'
                and c.bucket >= private.metric_bucket('day', v_first)
                and c.bucket < private.metric_bucket('day', v_last) + interval '24 hours'
        ) as j on date_bin('1 hour', h.bucket, '2000-01-01 00:00:00+00') = j.bucket
        where h.grain = case p_bucket when 'day' then 'hour' else p_bucket end
            and h.metric = 'fill_target'
            and h.bucket >= v_first
            and h.bucket < case p_bucket when 'day' then v_last + interval '24 hours'
                else v_last + interval '1 microsecond' end
    ),

    summed as (
        select
            date_bin(v_step, t.hour, v_first) as bucket,
            sum(t.amount)::bigint as pots,
            coalesce(sum(t.amount) filter (where t.is_within), 0)::bigint as within_target,
            coalesce(sum(t.amount) filter (where t.is_peak), 0)::bigint as peak_pots,
            coalesce(sum(t.amount) filter (where t.is_peak and t.is_within), 0)::bigint
                as peak_within_target
        from targets as t
        group by 1
    )

    select
        private.json_time(b.bucket),
        coalesce(s.pots, 0),
        coalesce(f.counted, 0),
        coalesce(s.within_target, 0),
        round(s.within_target::numeric / s.pots, 4),
        coalesce(s.peak_pots, 0),
        coalesce(s.peak_within_target, 0),
        round(s.peak_within_target::numeric / nullif(s.peak_pots, 0), 4),
        f.median,
        f.high,
        coalesce(f.distribution, '[]')
    from private.metric_buckets(p_from, p_to, p_bucket) as b
    left join summed as s on b.bucket = s.bucket
    left join private.metric_spread('fill', p_bucket, v_first, v_last, 0.9) as f
        on b.bucket = f.bucket
    order by b.bucket;
end $$;

comment on function private.metric_fill_time(timestamptz, timestamptz, text) is
'Definer half of public.metric_fill_time.';

revoke all on function private.metric_fill_time(timestamptz, timestamptz, text)
from public, anon, authenticated, service_role;
grant execute on function private.metric_fill_time(timestamptz, timestamptz, text)
to pot_compliance, service_role;
