-- A histogram's classes summed up, bucket by bucket.
create or replace function private.metric_spread(
    p_metric text, p_grain text, p_from timestamptz, p_to timestamptz, p_high double precision
)
returns table (
    bucket timestamptz, counted bigint, median double precision, high double precision,
    distribution jsonb
)
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    with classes as (
        select
            c.bucket, c.amount,
            case c.label when 'more' then 'Infinity' else c.label::double precision end as le
        from private.metric_counts as c
        where c.grain = p_grain
            and c.metric = p_metric
            and c.bucket between p_from and p_to
            and c.label <> 'unfilled'
    ),

    summed as (
        select
            c.*,
            -- Exact up to 2^53, and faster than the numeric that a sum of bigint is.
            sum(c.amount::double precision) over (partition by c.bucket order by c.le) as upto,
            sum(c.amount::double precision) over (partition by c.bucket) as total
        from classes as c
    )

    select
        s.bucket,
        sum(s.amount)::bigint,
        nullif(min(s.le) filter (where s.upto >= 0.5 * s.total), 'Infinity'),
        nullif(min(s.le) filter (where s.upto >= p_high * s.total), 'Infinity'),
        jsonb_agg(
            jsonb_build_object('le', nullif(s.le, 'Infinity'), 'pots', s.amount) order by s.le
        )
    from summed as s
    group by s.bucket;
end $$;

comment on function private.metric_spread(
    text, text, timestamptz, timestamptz, double precision
) is
'Of histogram p_metric, for each bucket that has any: how many, the bounds of the classes of the '
'median and of quantile p_high (NULL beyond the last), and the classes.';

revoke all on function private.metric_spread(
    text, text, timestamptz, timestamptz, double precision
)
from public, anon, authenticated, service_role;
