-- Names for the accounts, addresses and devices of a pot that say nothing outside of it: numbers,
-- by their first entry. The same on every page, as long as no entry is bought in between.
create or replace function private.case_labels(p_pot_id uuid)
returns table (entry_id uuid, account bigint, address bigint, device bigint)
language sql
stable
set search_path = ''
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
    )
    select e.id, a.number, i.number, d.number
    from entry as e
    inner join account as a on e.user_id = a.user_id
    left join address as i on e.ip_hash = i.ip_hash
    left join device as d on e.device_hash = d.device_hash
$$;

comment on function private.case_labels(uuid) is
'Every entry of the pot with the numbers, by first use from 1, of its account, address and device '
'within the pot: what compliance is shown instead of hashes.';

revoke all on function private.case_labels(uuid)
from public, anon, authenticated, service_role;
