-- Forgets the keys of joins whose pots have ended. What was dealt with is not read again, however
-- many keys of grants, which stay, lie between.
create or replace function private.purge_keys(p_until timestamptz, p_limit bigint)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_from timestamptz;
    v_rows bigint;
begin
    select p.ended_at into strict v_from
    from private.retention_progress as p
    where p.what = 'keys';
    with due as materialized (
        select
            k.operation, k.key, k.created_at,
            p.status in ('settled', 'cancelled') as has_ended
        from private.idempotency_keys as k
        inner join public.pots as p on p.id = (k.request ->> 'pot_id')::uuid
        where k.operation = 'join_pot' and k.created_at > v_from and k.created_at <= p_until
    ),
    going as materialized (
        select *
        from due as d
        where d.has_ended
        order by d.created_at, d.key
        limit p_limit
    ),
    gone as (
        delete from private.idempotency_keys as k
        using going as g
        where k.operation = g.operation and k.key = g.key
        returning k.key
    ),
    -- Up to the first that stays for now.
    mark as (
        update private.retention_progress as p
        set ended_at = coalesce(
            (
                select min(d.created_at) - interval '1 microsecond'
                from due as d
                where not exists (
                    select from going as g where g.operation = d.operation and g.key = d.key
                )
            ),
            p_until
        )
        where p.what = 'keys'
        returning p.what
    )
    select count(*) into v_rows from gone;
    return v_rows;
end $$;

comment on function private.purge_keys(timestamptz, bigint) is
'Deletes idempotency keys of joins until p_until whose pots have ended, p_limit at most; returns '
'how many.';

revoke all on function private.purge_keys(timestamptz, bigint)
from public, anon, authenticated, service_role;
