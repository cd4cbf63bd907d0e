-- An erased player's row is kept, for it is counted, under an id that is nobody's: but only once
-- all joins of the player are in the metrics, or the next roll-up would take the player for a new
-- one. That is when an event from after the erasure is: nobody is erased who is still in a pot.
create or replace function private.forget_in_metrics()
returns void
language sql
volatile
set search_path = ''
as $$
    update private.metric_players as m
    set user_id = gen_random_uuid()
    from private.erasures as x
    where m.user_id = x.user_id
        and x.erased_at <= (
            select e.created_at
            from private.metric_marks as k
            inner join private.event_positions as p on k.position = p.position
            inner join private.events as e on p.id = e.id
        )
$$;

comment on function private.forget_in_metrics() is
'Gives erased players'' rows of metric_players ids that lead to nobody, once all their joins are '
'counted.';

revoke all on function private.forget_in_metrics()
from public, anon, authenticated, service_role;
