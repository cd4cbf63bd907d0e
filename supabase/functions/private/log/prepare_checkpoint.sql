-- Locks, writes: private.sequence_log.
create or replace function private.prepare_checkpoint()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_size bigint;
    v_text text;
begin
    perform private.require_read_committed();
    v_size := private.sequence_log();
    v_text := private.log_checkpoint_text(v_size);
    return jsonb_build_object(
        'origin', split_part(v_text, E'\n', 1),
        'size', v_size,
        'root', split_part(v_text, E'\n', 3),
        'text', v_text
    );
end $$;

comment on function private.prepare_checkpoint() is
'Definer half of public.prepare_checkpoint.';

revoke all on function private.prepare_checkpoint()
from public, anon, authenticated, service_role;
grant execute on function private.prepare_checkpoint()
to pot_orchestrator, service_role;
