-- Names for the accounts, addresses and devices of a pot that say nothing outside of it: numbers,
-- by their first entry. The same on every page, as long as no entry is bought in between.
-- All of the pot's entries are read, once: only they say who was first. Then nothing is looked for
-- row by row, whatever the planner takes the pot for: a page would be compared with all of it.
create or replace function private.entry_labels(p_pot_id uuid, p_after bigint, p_most integer)
returns table (entry_id uuid, account bigint, address bigint, device bigint)
language sql
stable
set search_path = ''
set enable_nestloop = off
as $$
    with entry as materialized (
        select e.id, e.seq, e.user_id, e.ip_hash, e.device_hash
        from private.entries_ever as e
        where e.pot_id = p_pot_id
    ),
    account as (
        select e.user_id, row_number() over (order by min(e.seq)) as number
        from entry as e
        group by e.user_id
    ),
    address as (
        select e.ip_hash, row_number() over (order by min(e.seq)) as number
        from entry as e
        where e.ip_hash is not null
        group by e.ip_hash
    ),
    device as (
        select e.device_hash, row_number() over (order by min(e.seq)) as number
        from entry as e
        where e.device_hash is not null
        group by e.device_hash
    ),
    shown as materialized (
        select *
        from entry as e
        where e.seq > p_after
        order by e.seq
        limit p_most
    )
    select s.id, a.number, i.number, d.number
    from shown as s
    inner join account as a on s.user_id = a.user_id
    left join address as i on s.ip_hash = i.ip_hash
    left join device as d on s.device_hash = d.device_hash
$$;

comment on function private.entry_labels(uuid, bigint, integer) is
'The first p_most entries of the pot after seq p_after (NULL: all of them) with the numbers, by '
'first use from 1, of the account, address and device within the pot: what compliance is shown '
'instead of hashes.';

revoke all on function private.entry_labels(uuid, bigint, integer)
from public, anon, authenticated, service_role;
