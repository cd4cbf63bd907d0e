-- Counts everything again: what happened before there were metrics, or after somebody has touched
-- them. Joins wait for it, so it is for a migration or a quiet hour.
--
-- Locks, in order: the sequencer; events against every writer; the metrics' mark.
-- Writes: metric_counts, metric_players, metric_marks; event_positions.
create or replace function private.rebuild_metrics()
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    perform private.require_read_committed();
    perform pg_advisory_xact_lock(hashtextextended('pots/events', 0));
    -- Whoever has written an event is waited for, and nobody writes one until this commits: what is
    -- to be seen is all that is counted, and all the rest comes as events.
    lock table private.events in share mode;
    while (private.sequence_events() -> 'sequenced')::bigint > 0 loop
        null;
    end loop;
    perform from private.metric_marks as m where m.only_row for update;
    delete from private.metric_counts where true;
    -- Who came first with a pot that was archived is not known from the entries any more.
    if not exists (select from private.archived_pots) then
        delete from private.metric_players where true;
    end if;
    insert into private.metric_players as m (user_id, first_pot, first_at, returned_at)
    select f.user_id, f.pot_id, f.created_at, r.created_at
    from (
        select distinct on (n.user_id) n.user_id, n.pot_id, n.created_at
        from public.pot_entries as n
        order by n.user_id, n.seq
    ) as f
    left join (
        select distinct on (n.user_id) n.user_id, n.created_at
        from (
            select
                e.user_id, e.seq, e.created_at, e.pot_id,
                first_value(e.pot_id) over (partition by e.user_id order by e.seq) as first_pot
            from public.pot_entries as e
        ) as n
        where n.pot_id <> n.first_pot
        order by n.user_id, n.seq
    ) as r on f.user_id = r.user_id
    -- An erased player's row is kept under another id.
    where not exists (select from private.archived_pots)
        or not private.is_erased(f.user_id)
    on conflict (user_id) do nothing;
    update private.metric_players as m
    set returned_at = b.created_at
    from (
        select distinct on (e.user_id) e.user_id, e.created_at
        from public.pot_entries as e
        inner join private.metric_players as f on e.user_id = f.user_id
        where f.returned_at is null and e.pot_id <> f.first_pot
        order by e.user_id, e.seq
    ) as b
    where m.user_id = b.user_id;
    insert into private.metric_counts (grain, metric, bucket, label, amount)
    select 'five_minutes', r.metric, r.bucket, r.label, sum(r.amount)
    from private.metric_recount() as r
    group by r.metric, r.bucket, r.label;
    insert into private.metric_counts (grain, metric, bucket, label, amount)
    select
        g.grain, c.metric, private.metric_bucket(g.grain, c.bucket), c.label, sum(c.amount)
    from private.metric_counts as c
    cross join (values ('hour'), ('day')) as g (grain)
    where c.grain = 'five_minutes'
    group by 1, 2, 3, 4;
    update private.metric_marks as m
    set position = coalesce((select max(p.position) from private.event_positions as p), 0)
    where m.only_row;
end $$;

comment on function private.rebuild_metrics() is
'Makes metric_counts and metric_players again from the tables.';

revoke all on function private.rebuild_metrics()
from public, anon, authenticated, service_role;
