-- Raises: invalid_argument.
create or replace function private.metric_joins(
    p_from timestamptz, p_to timestamptz, p_bucket text
)
returns setof public.metric_joins
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
        coalesce(sum(c.amount) filter (where c.metric = 'joins'), 0)::bigint,
        coalesce(sum(c.amount) filter (where c.metric = 'tickets'), 0)::bigint,
        coalesce(sum(c.amount) filter (where c.metric = 'credits'), 0)::bigint,
        round(
            coalesce(sum(c.amount) filter (where c.metric = 'joins'), 0) / min(b.seconds), 3
        )
    from private.metric_buckets(p_from, p_to, p_bucket) as b
    left join private.metric_counts as c
        on b.bucket = c.bucket
        and c.grain = p_bucket
        and c.metric in ('joins', 'tickets', 'credits')
        and c.bucket between v_first and v_last
    group by b.bucket
    order by b.bucket;
end $$;

comment on function private.metric_joins(timestamptz, timestamptz, text) is
'Definer half of public.metric_joins.';

revoke all on function private.metric_joins(timestamptz, timestamptz, text)
from public, anon, authenticated, service_role;
grant execute on function private.metric_joins(timestamptz, timestamptz, text)
to pot_compliance, service_role;
