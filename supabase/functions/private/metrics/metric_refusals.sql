-- Raises: invalid_argument.
create or replace function private.metric_refusals(
    p_from timestamptz, p_to timestamptz, p_bucket text
)
returns setof public.metric_refusals
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
        private.json_time(c.bucket),
        split_part(c.label, ' ', 1),
        split_part(c.label, ' ', 2),
        c.amount
    from private.metric_counts as c
    where c.grain = p_bucket
        and c.metric = 'refusals'
        and c.bucket between v_first and v_last
    order by c.bucket, c.label;
end $$;

comment on function private.metric_refusals(timestamptz, timestamptz, text) is
'Definer half of public.metric_refusals.';

revoke all on function private.metric_refusals(timestamptz, timestamptz, text)
from public, anon, authenticated, service_role;
grant execute on function private.metric_refusals(timestamptz, timestamptz, text)
to pot_compliance, service_role;
