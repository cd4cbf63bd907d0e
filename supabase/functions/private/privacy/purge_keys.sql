-- Forgets the keys of joins whose pots have ended. What was dealt with is not read again, however
-- many keys of grants, which stay, lie between. Of what is due a span of time is read that has
-- p_limit keys to forget, and not all: there may be millions, and this is called again for each
-- piece. The index by time is of blocks and sorts nothing, so the span is felt for.
create or replace function private.purge_keys(p_until timestamptz, p_limit bigint)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_from timestamptz;
    v_until timestamptz;
    v_span interval := interval '1 second';
    v_rows bigint;
begin
    -- No key is older than the first pot.
    select greatest(p.ended_at, coalesce(
        (select min(o.created_at) - interval '1 microsecond' from public.pots as o), p_until
    )) into strict v_from
    from private.retention_progress as p
    where p.what = 'keys';
    loop
        v_until := least(v_from + v_span, p_until);
        exit when v_until >= p_until or p_limit <= (
            -- All of the span: to stop at p_limit would look cheap from the table's first row on.
            select count(*)
            from private.idempotency_keys as k
            inner join public.pots as p on p.id = (k.request ->> 'pot_id')::uuid
            where k.operation = 'join_pot'
                and k.created_at > v_from
                and k.created_at <= v_until
                and p.status in ('settled', 'cancelled')
        );
        v_span := 8 * v_span;
    end loop;
    with due as materialized (
        select
            k.ctid as place, k.key, k.created_at,
            p.status in ('settled', 'cancelled') as has_ended
        from private.idempotency_keys as k
        inner join public.pots as p on p.id = (k.request ->> 'pot_id')::uuid
        where k.operation = 'join_pot' and k.created_at > v_from and k.created_at <= v_until
    ),
    going as materialized (
        select *
        from due as d
        where d.has_ended
        order by d.created_at, d.key
        limit p_limit
    ),
    gone as (
        -- By their places in this statement's snapshot: to match keys may read the whole table.
        delete from private.idempotency_keys as k
        where k.ctid = any (array(select g.place from going as g))
        returning k.key
    ),
    -- Up to the first that stays for now.
    mark as (
        update private.retention_progress as p
        set ended_at = coalesce(
            (
                select min(d.created_at) - interval '1 microsecond'
                from due as d
                where not exists (select from going as g where g.place = d.place)
            ),
            v_until
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
