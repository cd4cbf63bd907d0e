-- What the draws came to, for anybody: counted over all time from indexes, measured over the newest
-- settlements of each draw version, so that its price does not grow with them.
create or replace function private.fairness_stats()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    c_window constant integer := 2000;
    v_draws jsonb := '[]'::jsonb;
    v_settled bigint;
    v_voided bigint[];  -- by draw version, as the two that follow
    v_overdue bigint[];
    v_spent bigint[];
    v_early_voids bigint[];
    v_aborted bigint;
    v_no_reveal bigint;
    v_no_beacon bigint;
    v_recent jsonb;
begin
    select
        array_agg(aborted.voided order by aborted.draw_version),
        array_agg(aborted.overdue order by aborted.draw_version),
        array_agg(aborted.spent order by aborted.draw_version),
        array_agg(aborted.early order by aborted.draw_version)
    into v_voided, v_overdue, v_spent, v_early_voids
    from (
        select
            v.draw_version,
            count(*) filter (where a.cancel_reason = 'voided' and a.locked_at is not null)
                as voided,
            count(*) filter (where a.cancel_reason = 'reveal_overdue') as overdue,
            count(*) filter (where a.cancel_reason = 'seed_spent') as spent,
            count(*) filter (where a.cancel_reason = 'voided' and a.locked_at is null) as early
        from generate_series(1, 2) as v (draw_version)
        left join (
            select
                s.cancel_reason,
                p.draw_version,
                p.locked_at
            from private.pot_states as s
            -- Few were aborted: each is looked up, where a plain join would read every pot.
            cross join lateral (
                select *
                from public.pots as p
                where p.id = s.pot_id
                offset 0
            ) as p
            where s.cancel_reason in ('voided', 'reveal_overdue', 'seed_spent')
        ) as a on v.draw_version = a.draw_version
        group by v.draw_version
    ) as aborted;
    for v_version in 1..2 loop
        v_aborted := v_voided[v_version] + v_overdue[v_version] + v_spent[v_version];
        select count(*) into v_settled
        from private.settlements as s
        where s.draw_version = v_version;
        select
            count(*) filter (where p.reveal_seed is null),
            count(*) filter (where p.reveal_seed is not null)
        into v_no_reveal, v_no_beacon
        from public.pots as p
        where p.status in ('locked', 'settling') and p.draw_version = v_version;

        with recent as materialized (
            select
                s.created_at, s.reveal_micros, s.beacon_micros, s.total_tickets,
                s.winner_rank, s.winner_share, s.expected_share
            from private.settlements as s
            where s.draw_version = v_version
            order by s.created_at desc
            limit c_window
        ),

        sizes as (
            select
                r.total_tickets,
                count(*) as pots
            from recent as r
            group by r.total_tickets
        ),

        deciles as (
            select
                d.decile,
                -- Ranks whose tenth of the pot it is: from ceil(T d / 10) to the next one's.
                coalesce(sum(
                    z.pots * (
                        (z.total_tickets * (d.decile + 1) + 9) / 10
                        - (z.total_tickets * d.decile + 9) / 10
                    ) / z.total_tickets::float8
                ), 0) as expected
            from generate_series(0, 9) as d (decile)
            left join sizes as z on true
            group by d.decile
        ),

        winners as (
            select
                r.winner_rank * 10 / r.total_tickets as decile,
                count(*) as wins
            from recent as r
            group by r.winner_rank * 10 / r.total_tickets
        ),

        compared as (
            select
                d.decile,
                d.expected,
                coalesce(w.wins, 0) as observed
            from deciles as d
            left join winners as w on d.decile = w.decile
        )

        select jsonb_build_object(
            'settled', count(*),
            'since', private.json_time(min(r.created_at)),
            'reveal_seconds', private.quantiles_json(array_agg(r.reveal_micros)),
            'beacon_seconds', private.quantiles_json(array_agg(r.beacon_micros)),
            'winner_share', round(avg(r.winner_share)::numeric, 6),
            'expected_winner_share', round(avg(r.expected_share)::numeric, 6),
            'deciles', (
                select jsonb_agg(
                    jsonb_build_object(
                        'observed', c.observed, 'expected', round(c.expected::numeric, 3)
                    )
                    order by c.decile
                )
                from compared as c
            ),
            'chi_square', (
                select round(sum((c.observed - c.expected) ^ 2 / c.expected)::numeric, 3)
                from compared as c
                where c.expected > 0
            ),
            'degrees_of_freedom', (
                select greatest(0, count(*) - 1) from compared as c where c.expected > 0
            )
        ) into v_recent
        from recent as r;

        v_draws := v_draws || jsonb_build_object(
            'draw_version', v_version,
            'locked', v_settled + v_aborted + v_no_reveal + v_no_beacon,
            'settled', v_settled,
            'awaiting_reveal', v_no_reveal,
            'awaiting_beacon', v_no_beacon,
            'aborted', v_aborted,
            'aborts', jsonb_build_object(
                'voided', v_voided[v_version],
                'reveal_overdue', v_overdue[v_version],
                'seed_spent', v_spent[v_version]
            ),
            'abort_rate', round(
                v_aborted::numeric / nullif(v_settled + v_aborted, 0), 6
            ),
            'voided_before_lock', v_early_voids[v_version],
            'recent', v_recent
        );
    end loop;
    return jsonb_build_object(
        'as_of', private.json_time(private.now()),
        'window', c_window,
        'draws', v_draws
    );
end $$;

comment on function private.fairness_stats() is
'Definer half of public.fairness_stats.';

revoke all on function private.fairness_stats()
from public, anon, authenticated, service_role;
grant execute on function private.fairness_stats()
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
