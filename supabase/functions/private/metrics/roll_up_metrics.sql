-- Takes the next events of the outbox into the metrics: in one transaction with the mark, so each
-- counts once, however often this is called or cut off.
--
-- Locks, in order: the sequencer's, or none when somebody else has it; the mark, skipped when
-- somebody else has it; nothing that a join or a transition waits for.
-- Writes: event_positions; metric_counts, metric_players, metric_marks.
-- Bounded in events; callers call again while `more`.
create or replace function private.roll_up_metrics()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    c_events constant integer := 2000;
    v_from bigint;
    v_to bigint;
    v_ids bigint[];
    v_facts private.metric_fact[];
    v_more_facts private.metric_fact[];
begin
    perform private.require_read_committed();
    -- Before anything is written: a transaction with an id is not waited for (sequence_events).
    perform private.sequence_events();
    select m.position into v_from
    from private.metric_marks as m
    where m.only_row
    for update skip locked;
    if not found then
        return null;
    end if;
    select max(n.position), array_agg(n.id order by n.position) into v_to, v_ids
    from (
        select p.position, p.id
        from private.event_positions as p
        where p.position > v_from
        order by p.position
        limit c_events
    ) as n;
    if v_to is null then
        return jsonb_build_object('rolled_up', 0, 'more', false);
    end if;

    select coalesce(array_agg(f), '{}') into v_facts from private.metric_facts(v_ids) as f;

    -- Joins of one player are one after another (the wallet), so positions have them in order.
    with added as (
        insert into private.metric_players as m (user_id, first_pot, first_at)
        select distinct on (n.user_id) n.user_id, n.pot_id, n.created_at
        from unnest(v_ids) with ordinality as i (id, place)
        inner join private.told_events as e on i.id = e.id
        inner join public.pot_entries as n on e.entry_id = n.id
        where e.kind = 'pot_joined'
        order by n.user_id, i.place
        on conflict (user_id) do nothing
        returning m.first_at
    )

    select coalesce(array_agg(row('players', '', a.first_at, 1)::private.metric_fact), '{}')
    into v_more_facts
    from added as a;
    v_facts := v_facts || v_more_facts;

    with returned as (
        update private.metric_players as m
        set returned_at = b.created_at
        from (
            select distinct on (n.user_id) n.user_id, n.created_at
            from unnest(v_ids) with ordinality as i (id, place)
            inner join private.told_events as e on i.id = e.id
            inner join public.pot_entries as n on e.entry_id = n.id
            inner join private.metric_players as f on n.user_id = f.user_id
            where e.kind = 'pot_joined' and f.returned_at is null and n.pot_id <> f.first_pot
            order by n.user_id, i.place
        ) as b
        where m.user_id = b.user_id
        returning m.first_at, m.returned_at - m.first_at as after
    )

    select coalesce(
        array_agg(row('returned', w.label, r.first_at, 1)::private.metric_fact), '{}'
    )
    into v_more_facts
    from returned as r
    inner join (
        values ('day', interval '1 day'), ('week', interval '7 days'), ('ever', null)
    ) as w (label, within) on w.within is null or r.after <= w.within;
    v_facts := v_facts || v_more_facts;

    insert into private.metric_counts as c (grain, metric, bucket, label, amount)
    select
        g.grain, f.metric, date_bin(g.step, f.at, '2000-01-01 00:00:00+00'), f.label, sum(f.amount)
    from unnest(v_facts) as f
    cross join (
        values
        ('five_minutes', interval '5 minutes'), ('hour', interval '1 hour'),
        ('day', interval '1 day')
    ) as g (grain, step)
    group by 1, 2, 3, 4
    on conflict (grain, metric, bucket, label) do update
    set amount = c.amount + excluded.amount;
    update private.metric_marks as m set position = v_to where m.only_row;
    return jsonb_build_object(
        'rolled_up', cardinality(v_ids),
        'more', exists (select from private.event_positions as p where p.position > v_to)
    );
end $$;

comment on function private.roll_up_metrics() is
'Definer half of public.roll_up_metrics.';

revoke all on function private.roll_up_metrics()
from public, anon, authenticated, service_role;
grant execute on function private.roll_up_metrics()
to pot_orchestrator, service_role;
