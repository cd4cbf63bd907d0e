-- How often payouts are held and what becomes of them, for anybody: whoever could hold the wins it
-- dislikes would show here. Counted from indexes; the review times over the newest releases.
create or replace function private.hold_stats()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    c_window constant integer := 2000;
    v_at timestamptz := private.now();
    v_settled bigint;
    v_paid bigint;
    v_returned bigint;
    v_open bigint;
    v_oldest timestamptz;
    v_review jsonb;
    v_excluded bigint;
begin
    select count(*) into v_settled from private.settlements;
    select
        count(*) filter (where h.outcome = 'paid'),
        count(*) filter (where h.outcome = 'returned'),
        count(*) filter (where h.outcome is null),
        min(h.held_at) filter (where h.outcome is null)
    into v_paid, v_returned, v_open, v_oldest
    from private.payout_holds as h;
    select private.quantiles_json(array_agg(
        private.micros(r.released_at) - private.micros(r.held_at)
    )) into v_review
    from (
        select h.held_at, h.released_at
        from private.payout_holds as h
        where h.outcome is not null
        order by h.released_at desc
        limit c_window
    ) as r;
    select count(*) into v_excluded from private.exclusions;
    return jsonb_build_object(
        'as_of', private.json_time(v_at),
        'settled', v_settled,
        'held', v_paid + v_returned + v_open,
        'hold_rate', round(
            (v_paid + v_returned + v_open)::numeric / nullif(v_settled, 0), 6
        ),
        'open', v_open,
        'oldest_open_seconds', case when v_oldest is not null then trim_scale(
            greatest(0, private.micros(v_at) - private.micros(v_oldest)) / 1000000.0
        ) end,
        'paid', v_paid,
        'returned', v_returned,
        'uphold_rate', round(v_returned::numeric / nullif(v_paid + v_returned, 0), 6),
        'review_seconds', v_review,
        'excluded_entries', v_excluded
    );
end $$;

comment on function private.hold_stats() is
'Definer half of public.hold_stats.';

revoke all on function private.hold_stats()
from public, anon, authenticated, service_role;
grant execute on function private.hold_stats()
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
