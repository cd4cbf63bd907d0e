-- Of a pot, what a moderator's act may change
create or replace function private.moderation_state(p_pot public.pots)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'status', p_pot.status,
        'paused', p_pot.paused_at is not null,
        'paused_at', private.json_time(p_pot.paused_at),
        'pause_reason', p_pot.pause_reason,
        'locks_at', private.json_time(p_pot.locks_at)
    );
end $$;

comment on function private.moderation_state(public.pots) is
'Of a pot, what a moderator''s act may change: the `before` and `after` of moderation rows of the '
'chain.';

revoke all on function private.moderation_state(public.pots)
from public, anon, authenticated, service_role;
