-- A flag with all its fields
create or replace function private.flag_json(p_flag private.flags)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'flag_id', p_flag.flag_id,
        'pot_id', p_flag.pot_id,
        'entry_id', p_flag.entry_id,
        'user_id', p_flag.user_id,
        'kind', p_flag.kind,
        'score', p_flag.score,
        'evidence', p_flag.evidence,
        'phase', p_flag.phase,
        'effect', p_flag.effect,
        'status', p_flag.status,
        'created_at', private.json_time(p_flag.created_at),
        'updated_at', private.json_time(p_flag.updated_at),
        'proposed_by', p_flag.proposed_by,
        'proposed_at', private.json_time(p_flag.proposed_at),
        'reviewed_by', p_flag.reviewed_by,
        'reviewed_at', private.json_time(p_flag.reviewed_at),
        'reason', p_flag.reason
    );
end $$;

comment on function private.flag_json(private.flags) is
'A flag with all its fields; who proposed and reviewed it are pseudonyms.';

revoke all on function private.flag_json(private.flags)
from public, anon, authenticated, service_role;
