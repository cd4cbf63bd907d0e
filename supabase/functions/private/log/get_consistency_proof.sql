-- Raises: invalid_argument.
create or replace function private.get_consistency_proof(p_old_size bigint, p_new_size bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_range('new_size', p_new_size, 0, private.log_size());
    perform private.require_range('old_size', p_old_size, 0, p_new_size);
    return jsonb_build_object(
        'old_size', p_old_size,
        'new_size', p_new_size,
        'old_root', encode(private.log_range_hash(0, p_old_size), 'hex'),
        'new_root', encode(private.log_range_hash(0, p_new_size), 'hex'),
        'path', private.log_consistency_path(p_old_size, p_new_size)
    );
end $$;

comment on function private.get_consistency_proof(bigint, bigint) is
'Definer half of public.get_consistency_proof.';

revoke all on function private.get_consistency_proof(bigint, bigint)
from public, anon, authenticated, service_role;
grant execute on function private.get_consistency_proof(bigint, bigint)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
