-- What an outside witness saw of a pot's lock and reveal, and when: the first checkpoint with a
-- cosignature whose tree holds both rows. It goes into the proof and is judged by whoever reads it:
-- which witness counts, and whether its time is before the beacon's, is not for this database.
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
    from private.log_signatures as s
    where s.is_cosignature and s.size > v_last
    order by s.size
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
'NULL while no cosigned checkpoint holds both.';

revoke all on function private.pot_witness(uuid)
from public, anon, authenticated, service_role;
