-- Begins an export of a pot's full record: nothing of it is read before this is on record.
--
-- Guards, in order: arguments; login; the pot exists.
-- Locks: the caller's pseudonym when it is new.
-- Writes: exports; event pot_exported.
-- Raises: invalid_argument, login_required, pot_not_found, busy (a transaction of one snapshot).
create or replace function private.export_pot(
    p_pot_id uuid, p_reason text, p_identified boolean
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_export private.exports;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_reason(p_reason);
    perform private.require_given('identified', p_identified::text);
    perform private.require_person();
    perform private.require_read_committed();
    if not exists (select from public.pots as p where p.id = p_pot_id) then
        perform private.fail('pot_not_found');
    end if;
    insert into private.exports (
        export_id, pot_id, identified, reason, exported_by, tree_size, created_at
    )
    values (
        gen_random_uuid(), p_pot_id, p_identified, p_reason, private.actor_pseudonym(),
        (select max(c.size) from private.log_checkpoints as c), private.now()
    )
    returning * into v_export;
    perform private.log_event('pot_exported', p_pot_id, jsonb_build_object(
        'export_id', v_export.export_id, 'identified', p_identified
    ));
    return jsonb_build_object(
        'export_id', v_export.export_id,
        'pot_id', p_pot_id,
        'identified', p_identified,
        'tree_size', v_export.tree_size,
        'created_at', private.json_time(v_export.created_at),
        'parts', '["pot", "entries", "chain", "ledger", "flags", "events", "proof", "log"]'::jsonb
    );
end $$;

comment on function private.export_pot(uuid, text, boolean) is
'Definer half of public.export_pot.';

revoke all on function private.export_pot(uuid, text, boolean)
from public, anon, authenticated, service_role;
grant execute on function private.export_pot(uuid, text, boolean)
to pot_compliance, service_role;
