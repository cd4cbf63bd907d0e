-- The first row at which a pot's chain cannot be recomputed, and why; NULL when all of it can.
-- Somebody who rewrites the whole chain to the end is for the checkpoints outside to find
-- (docs/audit-log.md).
create or replace function private.watch_chain(p_pot_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    -- One statement, one snapshot: rows and head are written together.
    return (
        with links as (
            select
                a.*,
                row_number() over chain as place,
                lag(a.row_hash, 1, repeat('0', 64)) over chain as before
            from public.pots_audit as a
            where a.pot_id = p_pot_id
            window chain as (order by a.seq)
        ),

        broken as (
            select
                l.seq,
                case
                    when l.seq <> l.place then 'a row before it is missing'
                    when l.prev_hash <> l.before then 'it does not name the row before it'
                    when l.payload_hash <> encode(sha256(convert_to(l.payload, 'UTF8')), 'hex')
                        or l.payload::jsonb - 'nonce' is distinct from jsonb_build_object(
                            'action', l.action, 'actor', l.actor_id, 'reason', l.reason,
                            'metadata', l.metadata
                        )
                        then 'its payload is not what was hashed'
                    when l.row_hash <> encode(
                        private.audit_row_hash(
                            'pots', l.pot_id, l.seq, decode(l.prev_hash, 'hex'), l.created_at,
                            l.payload
                        ),
                        'hex'
                    ) then 'its hash is another'
                end as problem
            from links as l
            union all
            select
                s.chain_seq,
                'the pot says that its chain ends there, and it does not'
            from private.pot_states as s
            where s.pot_id = p_pot_id and not exists (
                select
                from (
                    select *
                    from links as l
                    order by l.seq desc
                    limit 1
                ) as last
                where last.seq = s.chain_seq and last.row_hash = s.chain_hash
            )
        )

        select jsonb_build_object('seq', b.seq, 'problem', b.problem)
        from broken as b
        where b.problem is not null
        order by b.seq
        limit 1
    );
end $$;

comment on function private.watch_chain(uuid) is
'{seq, problem} of the first row at which the pot''s chain, as it is stored, cannot be recomputed; '
'NULL when all of it can.';

revoke all on function private.watch_chain(uuid)
from public, anon, authenticated, service_role;
