-- A player's reaction, told to everybody who watches the pot.
--
-- Guards, in order: arguments; login; the pot exists; a second since the player's last cheer of it.
-- Locks, in order: those of private.hold_player; the player's row of private.cheers.
-- Writes: that row; broadcast cheer.
-- Raises: invalid_argument, login_required, not_allowed, pot_not_found; returns account_blocked,
-- velocity_exceeded with their record.
create or replace function private.cheer_pot(p_pot_id uuid, p_reaction text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    c_reactions constant text[] := array['clap', 'fire', 'luck', 'wow', 'heart'];
    v_user uuid := private.caller_sub();
    v_problem text;
    v_at timestamptz;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    if p_reaction is null or p_reaction <> all (c_reactions) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'reaction', 'expected', array_to_string(c_reactions, ', ')
        ));
    end if;
    perform private.require_read_committed();
    v_problem := private.player_problem();
    if v_problem = 'account_blocked' then
        return private.refuse_player(v_problem, 'cheer_refused', p_pot_id);
    elsif v_problem is not null then
        perform private.fail(v_problem);
    end if;
    if not exists (select from public.pots as p where p.id = p_pot_id) then
        perform private.fail('pot_not_found');
    end if;
    perform private.hold_player();
    v_at := private.now();
    insert into private.cheers as c (pot_id, user_id, last_at)
    values (p_pot_id, v_user, v_at)
    on conflict (pot_id, user_id) do update
    set last_at = excluded.last_at
    where c.last_at <= excluded.last_at - interval '1 second';
    if not found then
        return private.refuse_player('velocity_exceeded', 'cheer_refused', p_pot_id);
    end if;
    perform private.announce_pot(
        p_pot_id, 'cheer', jsonb_build_object('reaction', p_reaction)
    );
    perform private.log_event(
        'pot_cheered', p_pot_id, jsonb_build_object('reaction', p_reaction)
    );
    return jsonb_build_object('pot_id', p_pot_id, 'reaction', p_reaction);
end $$;

comment on function private.cheer_pot(uuid, text) is
'Definer half of public.cheer_pot.';

revoke all on function private.cheer_pot(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function private.cheer_pot(uuid, text)
to authenticated, service_role;
