-- What reveal_pot returns of a pot with draw 2, whose winner nobody knows yet
create or replace function private.reveal_result(p_pot_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'pot_id', p.id,
        'status', 'settling',
        'reveal_seed', p.reveal_seed,
        'beacon', private.beacon_of(s)
    )
    from public.pots as p
    inner join private.pot_states as s on p.id = s.pot_id
    where p.id = p_pot_id
$$;

comment on function private.reveal_result(uuid) is
'What reveal_pot returns of a revealed pot with draw 2, the same when it is settled since: the '
'seed and the beacon that it waits for.';

revoke all on function private.reveal_result(uuid)
from public, anon, authenticated, service_role;
