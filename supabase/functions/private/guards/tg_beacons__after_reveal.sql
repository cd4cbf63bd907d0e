-- A beacon that was known before the reveal would choose the winner.
create or replace function private.tg_beacons__after_reveal()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if not exists (
        select
        from public.pots as p
        inner join private.pot_states as s on p.id = s.pot_id
        where p.id = new.pot_id
            and p.draw_version = 2
            and p.status = 'settling'
            and p.reveal_seed is not null
            and s.beacon_at <= new.created_at
    ) then
        raise check_violation using message = 'this pot waits for no beacon';
    end if;
    return new;
end $$;

comment on function private.tg_beacons__after_reveal() is
'Trigger: a beacon is for a revealed pot with draw 2, from its round''s time on.';

revoke all on function private.tg_beacons__after_reveal()
from public, anon, authenticated, service_role;
