-- What these events add to the metrics, by the rows that each tells of and not by what it says, so
-- that the same is found when everything is counted again (private.metric_recount). Who is new or
-- came back depends on what came before: private.roll_up_metrics.
create or replace function private.metric_facts(p_ids bigint[])
returns setof private.metric_fact
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select f.metric, f.label, n.created_at, f.amount
    from private.told_events as e
    inner join public.pot_entries as n on e.entry_id = n.id
    cross join lateral (
        values ('joins', '', 1::bigint), ('tickets', '', n.ticket_count),
        ('credits', '', n.credits_spent)
    ) as f (metric, label, amount)
    where e.id = any(p_ids) and e.kind = 'pot_joined'
    union all
    select m.metric, m.label, m.at, m.amount
    from private.events as e
    inner join private.measured_pots as m on e.pot_id = m.pot_id and e.kind = m.event
    where e.id = any(p_ids)
        and e.kind in ('pot_created', 'pot_locked', 'pot_settled', 'pot_cancelled')
    union all
    select 'refusals', e.kind || ' ' || (e.data ->> 'code'), e.created_at, 1::bigint
    from private.events as e
    where e.id = any(p_ids) and e.kind ~ '_(refused|rejected)$' and e.data ? 'code';
end $$;

comment on function private.metric_facts(bigint[]) is
'What these events, by id, add to metric_counts, but for players and returned.';

revoke all on function private.metric_facts(bigint[])
from public, anon, authenticated, service_role;
