-- What stands in the way of forgetting a player: first what is still played or decided, then money.
-- A player is not told of a review: it would tell a ring that somebody looks (private.my_data).
create or replace function private.erasure_obstacle(
    p_user_id uuid, p_forfeit boolean, p_to_player boolean
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select o.obstacle
    from (
        select
            1 as number,
            jsonb_build_object('reason', 'live_entries', 'entries', count(*)) as obstacle
        from public.pot_entries as e
        inner join public.pots as p on e.pot_id = p.id
        where e.user_id = p_user_id
            and e.cancelled_at is null
            and p.status in ('open', 'locked', 'settling')
        having count(*) > 0
        union all
        -- Also of an entrant who did not win: the prize may come back, in parts.
        select 2, jsonb_build_object('reason', 'payout_held', 'pot_id', min(h.pot_id::text))
        from private.held_payouts() as h
        inner join public.pot_entries as e on h.pot_id = e.pot_id
        where e.user_id = p_user_id and e.cancelled_at is null
        having count(*) > 0
        union all
        select 3, jsonb_build_object('reason', 'under_review', 'flags', count(*))
        from private.flags as f
        where not p_to_player
            and f.user_id = p_user_id
            and (f.status = 'uphold_proposed' or f.status = 'open' and f.effect <> 'note')
        having count(*) > 0
        union all
        select 4, jsonb_build_object('reason', 'balance', 'balance', w.balance)
        from private.wallets as w
        where w.user_id = p_user_id and w.balance > 0 and not p_forfeit
    ) as o
    order by o.number
    limit 1
$$;

comment on function private.erasure_obstacle(uuid, boolean, boolean) is
'Why the player cannot be forgotten now: {reason: live_entries, payout_held, under_review or '
'balance, …}, the first of them; NULL when nothing stands in the way. p_to_player leaves out '
'under_review.';

revoke all on function private.erasure_obstacle(uuid, boolean, boolean)
from public, anon, authenticated, service_role;
