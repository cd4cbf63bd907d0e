-- Guards, in order: arguments; the pot exists; the chain has the row; the log had it at that size.
-- Raises: invalid_argument, pot_not_found, wrong_state.
create or replace function private.get_inclusion_proof(
    p_pot_id uuid, p_seq bigint, p_tree_size bigint
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_row public.pots_audit;
    v_index bigint;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_given('seq', p_seq::text);
    perform private.require_range('tree_size', p_tree_size, 1, private.log_size());
    if not exists (select from public.pots as p where p.id = p_pot_id) then
        perform private.fail('pot_not_found');
    end if;
    select * into v_row from public.pots_audit as a where a.pot_id = p_pot_id and a.seq = p_seq;
    if not found then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'seq', 'expected', 'a seq of the pot''s chain'
        ));
    end if;
    select l.leaf_index into v_index from private.log_leaves as l where l.audit_id = v_row.id;
    if v_index is null or v_index >= p_tree_size then
        perform private.fail('wrong_state', jsonb_build_object(
            'leaf_index', v_index, 'tree_size', p_tree_size
        ));
    end if;
    return jsonb_build_object(
        'pot_id', p_pot_id,
        'seq', p_seq,
        'row_hash', v_row.row_hash,
        'leaf_index', v_index,
        'tree_size', p_tree_size,
        'root', encode(private.log_range_hash(0, p_tree_size), 'hex'),
        'path', private.log_inclusion_path(v_index, p_tree_size)
    );
end $$;

comment on function private.get_inclusion_proof(uuid, bigint, bigint) is
'Definer half of public.get_inclusion_proof.';

revoke all on function private.get_inclusion_proof(uuid, bigint, bigint)
from public, anon, authenticated, service_role;
grant execute on function private.get_inclusion_proof(uuid, bigint, bigint)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
