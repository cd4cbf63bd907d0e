-- Notes what a pot adds to the metrics, before its rows leave, so that a recount still comes to it.
-- Locks: rows of carried_counts, which nobody but the archive takes.
-- Writes: carried_counts.
create or replace function private.carry_counts(p_pot public.pots)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_first bigint;
    v_last bigint;
begin
    select min(e.id), max(e.id) into v_first, v_last
    from private.events as e
    where e.pot_id = p_pot.id and e.kind not in ('pot_joined', 'pot_entry_cancelled');
    insert into private.carried_counts as c (metric, label, bucket, amount)
    select f.metric, f.label, private.metric_bucket('five_minutes', f.at), sum(f.amount)
    from (
        select j.metric, '' as label, e.created_at as at, j.amount
        from public.pot_entries as e
        cross join lateral (
            values ('joins', 1::bigint), ('tickets', e.ticket_count), ('credits', e.credits_spent)
        ) as j (metric, amount)
        where e.pot_id = p_pot.id
        union all
        select m.metric, m.label, m.at, m.amount
        from private.measured_pots as m
        where m.pot_id = p_pot.id
        union all
        select 'refusals', e.kind || ' ' || (e.data ->> 'code'), e.created_at, 1
        from private.events as e
        where e.id between v_first and v_last
            and e.pot_id = p_pot.id
            and e.kind ~ '_(refused|rejected)$'
            and e.data ? 'code'
    ) as f
    group by 1, 2, 3
    on conflict (metric, bucket, label) do update
    set amount = c.amount + excluded.amount;
end $$;

comment on function private.carry_counts(public.pots) is
'Adds what a pot comes to in metric_counts to carried_counts.';

revoke all on function private.carry_counts(public.pots)
from public, anon, authenticated, service_role;
