-- A new secret for pots to come. A pot keeps the one it opened with, so all entries of a pot
-- compare. For the days of the overlap the old one is kept, and who comes then to a pot of the new
-- one stays known by the hash of before (private.known_as); the others are strangers, which is what
-- a rotation is for. None after a leak.
--
-- Guards, in order: arguments; who calls.
-- Locks: every pepper, waiting for pots that are being opened on one.
-- Writes: peppers, Vault; an event.
-- Raises: invalid_argument, login_required, busy (a transaction of one snapshot).
create or replace function private.rotate_pepper(p_reason text, p_overlap_days integer)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_at timestamptz;
    v_new_id bigint;
    v_retired_id bigint;
    v_destroyed bigint[];
begin
    perform private.require_reason(p_reason);
    perform private.require_range('overlap_days', p_overlap_days, 0, 90);
    perform private.require_officer();
    perform private.require_read_committed();
    perform private.actor_pseudonym();
    perform from private.peppers as p order by p.id for update;
    v_at := private.now();
    update private.peppers as p
    set retired_at = v_at
    where p.retired_at is null
    returning p.id into strict v_retired_id;
    -- None that was retired before is kept for longer than this one.
    update private.peppers as p
    set kept_until = case p.id
        when v_retired_id then v_at + p_overlap_days * interval '24 hours'
        else least(
            coalesce(p.kept_until, p.retired_at), v_at + p_overlap_days * interval '24 hours'
        )
    end
    where p.retired_at is not null and p.destroyed_at is null;
    insert into private.peppers (secret, created_at)
    values (extensions.gen_random_bytes(32), v_at)
    returning id into v_new_id;

    v_destroyed := private.destroy_peppers(v_at);
    perform private.move_peppers_to_vault();
    perform private.log_event('pepper_rotated', null, jsonb_build_object(
        'before', v_retired_id, 'after', v_new_id, 'destroyed', to_jsonb(v_destroyed),
        'overlap_days', p_overlap_days,
        'reason', p_reason
    ));
    return jsonb_build_object(
        'pepper_id', v_new_id, 'retired', v_retired_id, 'destroyed', to_jsonb(v_destroyed)
    );
end $$;

comment on function private.rotate_pepper(text, integer) is
'Definer half of public.rotate_pepper.';

revoke all on function private.rotate_pepper(text, integer)
from public, anon, authenticated, service_role;
grant execute on function private.rotate_pepper(text, integer)
to pot_compliance, service_role;
