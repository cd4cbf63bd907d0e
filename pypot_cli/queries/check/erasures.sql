-- Of whoever was erased no entry plays or says where it came from, no pseudonym leads to them, and
-- no key, limit, public name or place on the lists of staff and officers is kept.
-- rows: private.erasures
select
    'player ' || x.user_id as subject,
    'was erased and ' || w.wrong as problem
from private.erasures as x
cross join lateral unnest(array[
    case
        when exists (
            select
            from public.pot_entries as e
            inner join public.pots as p on e.pot_id = p.id
            where e.user_id = x.user_id
                and e.cancelled_at is null
                and p.status in ('open', 'locked', 'settling')
        )
            then 'still plays'
    end,
    case
        when exists (
            select
            from public.pot_entries as e
            where e.user_id = x.user_id
                and num_nonnulls(e.ip_hash, e.device_hash, e.region, e.correlation_id) > 0
        )
            then 'an entry says where it came from'
    end,
    case
        when exists (select from private.actors as a where a.subject = x.user_id::text)
            then 'a pseudonym leads to them'
    end,
    case
        when exists (
            select
            from private.idempotency_keys as k
            where k.operation = 'join_pot' and k.subject = x.user_id::text
        )
            then 'a key is kept'
    end,
    case
        when exists (select from private.play_limits as l where l.user_id = x.user_id)
            or exists (select from private.player_handles as h where h.user_id = x.user_id)
            or exists (select from private.cheers as c where c.user_id = x.user_id)
            then 'a limit, a name or a cheer is kept'
    end,
    case
        when exists (
            select
            from private.guard_rails as r
            where r.scope = 'user' and r.scope_id = x.user_id::text
        )
            or exists (select from private.staff as s where s.user_id = x.user_id)
            or exists (select from private.officers as o where o.user_id = x.user_id)
            then 'a guard rail or a place on the list of staff or officers is kept'
    end
]) as w (wrong)
where x.erased_at is not null and w.wrong is not null
order by 1, 2
