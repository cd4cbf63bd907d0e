-- What stands in the way of forgetting a player: first what is still played or decided, then money
create or replace function private.erasure_obstacle(p_user_id uuid, p_forfeit boolean)
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
        select 2, jsonb_build_object('reason', 'payout_held', 'pot_id', p.id)
        from private.held_payouts() as h
        inner join public.pots as p on h.pot_id = p.id
        where p.winner_user_id = p_user_id
        union all
        select 3, jsonb_build_object('reason', 'under_review', 'flags', count(*))
        from private.flags as f
        where f.user_id = p_user_id
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

comment on function private.erasure_obstacle(uuid, boolean) is
'Why the player cannot be forgotten now: {reason: live_entries, payout_held, under_review or '
'balance, …}, the first of them; NULL when nothing stands in the way.';

revoke all on function private.erasure_obstacle(uuid, boolean)
from public, anon, authenticated, service_role;
