-- Raises: invalid_argument.
create or replace function private.metric_aborts(
    p_from timestamptz, p_to timestamptz, p_bucket text
)
returns setof public.metric_aborts
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
        coalesce(e.settled, 0),
        coalesce(e.voided + e.overdue + e.spent, 0),
        coalesce(e.voided, 0),
        coalesce(e.overdue, 0),
        round(
            (e.voided + e.overdue + e.spent)::numeric
            / nullif(e.settled + e.voided + e.overdue + e.spent, 0),
            6
        ),
        coalesce(e.early, 0),
        coalesce(e.lacking, 0),
        coalesce(e.spent, 0)
    from private.metric_buckets(p_from, p_to, p_bucket) as b
    left join (
        select
            c.bucket,
            coalesce(sum(c.amount) filter (where c.label = 'settled'), 0)::bigint as settled,
            coalesce(sum(c.amount) filter (where c.label = 'voided'), 0)::bigint as voided,
            coalesce(sum(c.amount) filter (where c.label = 'reveal_overdue'), 0)::bigint
                as overdue,
            coalesce(sum(c.amount) filter (where c.label = 'seed_spent'), 0)::bigint as spent,
            coalesce(sum(c.amount) filter (where c.label = 'voided_while_open'), 0)::bigint
                as early,
            coalesce(sum(c.amount) filter (where c.label = 'lack_of_players'), 0)::bigint
                as lacking
        from private.metric_counts as c
        where c.grain = p_bucket
            and c.metric = 'ended'
            and c.bucket between v_first and v_last
        group by c.bucket
    ) as e on b.bucket = e.bucket
    order by b.bucket;
end $$;

comment on function private.metric_aborts(timestamptz, timestamptz, text) is
'Definer half of public.metric_aborts.';

revoke all on function private.metric_aborts(timestamptz, timestamptz, text)
from public, anon, authenticated, service_role;
grant execute on function private.metric_aborts(timestamptz, timestamptz, text)
to pot_compliance, service_role;
