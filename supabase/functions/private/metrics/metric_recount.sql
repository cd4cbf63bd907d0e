-- Everything counted again from the tables, without the outbox but for refusals, which are nowhere
-- else: what metric_counts comes to when no event waits. What archived pots came to was noted;
-- since there are such, players are those that are known.
create or replace function private.metric_recount()
returns table (metric text, label text, bucket timestamptz, amount bigint)
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    with archive as materialized (
        select exists (select from private.archived_pots) as is_there
    ),

    joined as (
        select
            date_bin('5 minutes', n.created_at, '2000-01-01 00:00:00+00') as bucket,
            count(*) as joins,
            sum(n.ticket_count)::bigint as tickets,
            sum(n.credits_spent)::bigint as credits
        from public.pot_entries as n
        group by 1
    ),

    firsts as materialized (
        select distinct on (n.user_id) n.user_id, n.pot_id, n.created_at
        from public.pot_entries as n
        order by n.user_id, n.seq
    ),

    returns as materialized (
        select distinct on (n.user_id)
            f.created_at as first_at,
            n.created_at - f.created_at as after
        from firsts as f
        inner join public.pot_entries as n on f.user_id = n.user_id and f.pot_id <> n.pot_id
        order by n.user_id, n.seq
    )

    select j.metric, '', joined.bucket, j.amount
    from joined
    cross join lateral (
        values ('joins', joined.joins), ('tickets', joined.tickets), ('credits', joined.credits)
    ) as j (metric, amount)
    union all
    select 'players', '', date_bin('5 minutes', f.created_at, '2000-01-01 00:00:00+00'), count(*)
    from firsts as f
    where not (select a.is_there from archive as a)
    group by 3
    union all
    select
        'players', '', date_bin('5 minutes', m.first_at, '2000-01-01 00:00:00+00'), count(*)
    from private.metric_players as m
    where (select a.is_there from archive as a)
    group by 3
    union all
    select 'returned', w.label, date_bin('5 minutes', r.first_at, '2000-01-01 00:00:00+00'), count(*)
    from (
        select r.first_at, r.after
        from returns as r
        where not (select a.is_there from archive as a)
        union all
        select m.first_at, m.returned_at - m.first_at
        from private.metric_players as m
        where m.returned_at is not null and (select a.is_there from archive as a)
    ) as r
    inner join (
        values ('day', interval '1 day'), ('week', interval '7 days'), ('ever', null)
    ) as w (label, within) on w.within is null or r.after <= w.within
    group by 2, 3
    union all
    select
        m.metric, m.label, date_bin('5 minutes', m.at, '2000-01-01 00:00:00+00'),
        sum(m.amount)::bigint
    from private.measured_pots as m
    where not exists (select from private.archived_pots as a where a.pot_id = m.pot_id)
    group by 1, 2, 3
    union all
    select c.metric, c.label, c.bucket, c.amount
    from private.carried_counts as c
    union all
    select
        'refusals', e.kind || ' ' || (e.data ->> 'code'),
        date_bin('5 minutes', e.created_at, '2000-01-01 00:00:00+00'), count(*)
    from private.events as e
    where e.kind ~ '_(refused|rejected)$' and e.data ? 'code'
    group by 2, 3;
end $$;

comment on function private.metric_recount() is
'What metric_counts holds by five minutes when no event waits, counted again from the tables.';

revoke all on function private.metric_recount()
from public, anon, authenticated, service_role;
