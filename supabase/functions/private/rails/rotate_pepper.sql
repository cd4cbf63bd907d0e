-- A new secret for pots to come. A pot keeps the one it opened with, so all entries of a pot
-- compare; entries of pots from before and after do not, which is what a rotation is for.
--
-- A retired pepper that no open pot uses can hash nothing more, and from its hashes nobody gets an
-- address without it: it is destroyed.
--
-- Guards, in order: arguments; who calls.
-- Locks: every pepper, waiting for pots that are being opened on one.
-- Writes: peppers, Vault; an event.
-- Raises: invalid_argument, login_required, busy (a transaction of one snapshot).
create or replace function private.rotate_pepper(p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_at timestamptz;
    v_pepper private.peppers;
    v_new_id bigint;
    v_retired_id bigint;
    v_destroyed bigint[] := '{}'::bigint[];
begin
    perform private.require_text('reason', p_reason, 500);
    perform private.require_officer();
    perform private.require_read_committed();
    perform private.actor_pseudonym();
    perform from private.peppers as p order by p.id for update;
    v_at := private.now();
    update private.peppers as p
    set retired_at = v_at
    where p.retired_at is null
    returning p.id into strict v_retired_id;
    insert into private.peppers (secret, created_at)
    values (extensions.gen_random_bytes(32), v_at)
    returning id into v_new_id;

    for v_pepper in
        select *
        from private.peppers as p
        where p.retired_at is not null
            and p.destroyed_at is null
            and not exists (
                select
                from private.pot_states as s
                inner join public.pots as o on s.pot_id = o.id
                where s.pepper_id = p.id and o.status = 'open'
            )
        order by p.id
    loop
        if v_pepper.vault_id is not null then
            execute 'delete from vault.secrets where id = $1' using v_pepper.vault_id;
        end if;
        update private.peppers as p
        set secret = null, vault_id = null, destroyed_at = v_at
        where p.id = v_pepper.id;
        v_destroyed := v_destroyed || v_pepper.id;
    end loop;
    perform private.move_peppers_to_vault();
    perform private.log_event('pepper_rotated', null, jsonb_build_object(
        'before', v_retired_id, 'after', v_new_id, 'destroyed', to_jsonb(v_destroyed),
        'reason', p_reason
    ));
    return jsonb_build_object(
        'pepper_id', v_new_id, 'retired', v_retired_id, 'destroyed', to_jsonb(v_destroyed)
    );
end $$;

comment on function private.rotate_pepper(text) is
'Definer half of public.rotate_pepper.';

revoke all on function private.rotate_pepper(text)
from public, anon, authenticated, service_role;
grant execute on function private.rotate_pepper(text)
to pot_compliance, service_role;
