-- A held payout has one chain row that says so, right after the pot settled, and one that says what
-- became of it once it is released, both with what is stored; no other pot has either, and the proof
-- says of each whether it was held.
-- rows: private.settlements
select
    'pot ' || coalesce(s.pot_id, a.pot_id) as subject,
    format(
        'its proof says held %s; it has %s rows payout_held, %s payout_released, and is %s',
        s.proof #> '{payout,held}', coalesce(a.held, 0), coalesce(a.released, 0),
        case
            when h.pot_id is null then 'not held'
            else 'held, ' || coalesce(h.outcome, 'not released')
        end
    ) as problem
from private.settlements as s
full join (
    select
        c.pot_id,
        count(*) filter (where c.action = 'payout_held') as held,
        count(*) filter (where c.action = 'payout_released') as released,
        min(c.seq) filter (where c.action = 'payout_held')
        - min(c.seq) filter (where c.action = 'settled') as distance,
        jsonb_object_agg(c.action, c.metadata) as said
    from public.pots_audit as c
    where c.action in ('settled', 'payout_held', 'payout_released')
    group by c.pot_id
) as a on s.pot_id = a.pot_id
left join private.payout_holds as h on s.pot_id = h.pot_id
where s.pot_id is null and a.held + a.released > 0
    or s.pot_id is not null
    and s.proof #> '{payout,held}' is distinct from to_jsonb(h.pot_id is not null)
    or coalesce(a.held, 0) <> num_nonnulls(h.pot_id)
    or coalesce(a.released, 0) <> num_nonnulls(h.outcome)
    or h.pot_id is not null
    and not coalesce(
        a.distance = 1
        and a.said -> 'payout_held' @> jsonb_build_object('credits', h.credits)
        and (
            h.outcome is null
            or a.said -> 'payout_released' @> jsonb_build_object(
                'outcome', h.outcome, 'credits', h.credits, 'entries', (
                    select count(*)
                    from private.transfers as t
                    where t.pot_id = h.pot_id and t.kind in ('release', 'return')
                )
            )
            or a.said -> 'payout_released' @> jsonb_build_object(
                'outcome', h.outcome, 'credits', h.credits
            )
            and exists (select from private.detached_pots as d where d.pot_id = h.pot_id)
        ),
        false
    )
order by 1
