-- What outside witnesses saw of a pot's lock and reveal, and when: of the checkpoints whose tree
-- holds both rows, the one that most of them cosigned before the beacon's time, else the first. It
-- goes into the proof and is judged by whoever reads it: which witness counts is not for this
-- database, so one that signed alone and early must not hide the others.
create or replace function private.pot_witness(p_pot_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_last bigint;
    v_size bigint;
begin
    select max(l.leaf_index) into v_last
    from public.pots_audit as a
    inner join private.log_leaves as l on a.id = l.audit_id
    where a.pot_id = p_pot_id and a.action in ('locked', 'revealed')
    having count(*) = 2;
    select s.size into v_size
    from (
        select c.size, substr(decode(c.value, 'base64'), 5, 8) as signed_at
        from private.log_signatures as c
        where c.is_cosignature and c.size > v_last
        order by c.size
        -- Of half a minute; not of years, for anybody may ask.
        limit 200
    ) as s
    group by s.size
    order by
        count(*) filter (where s.signed_at < (
            select private.u64(extract(epoch from p.beacon_at)::bigint)
            from private.pot_states as p
            where p.pot_id = p_pot_id
        )) desc,
        s.size
    limit 1;
    if v_size is null then
        return null;
    end if;
    return jsonb_build_object(
        'checkpoint', private.get_checkpoint(v_size) ->> 'note',
        'rows', (
            select jsonb_agg(
                jsonb_build_object(
                    'action', a.action,
                    'seq', a.seq,
                    'created_at', private.json_time(a.created_at),
                    'prev_hash', a.prev_hash,
                    'payload', a.payload,
                    'leaf_index', l.leaf_index,
                    'path', private.log_inclusion_path(l.leaf_index, v_size)
                )
                order by a.seq
            )
            from public.pots_audit as a
            inner join private.log_leaves as l on a.id = l.audit_id
            where a.pot_id = p_pot_id and a.action in ('locked', 'revealed')
        )
    );
end $$;

comment on function private.pot_witness(uuid) is
'The proof''s `witness`: {checkpoint: signed note with its cosignatures, rows: [{action, seq, '
'created_at, prev_hash, payload, leaf_index, path}]} of the pot''s locked and revealed rows, or '
'NULL while no cosigned checkpoint holds both. A cosignature is key id, u64 seconds since 1970, '
'Ed25519 signature (C2SP tlog-cosignature).';

revoke all on function private.pot_witness(uuid)
from public, anon, authenticated, service_role;
