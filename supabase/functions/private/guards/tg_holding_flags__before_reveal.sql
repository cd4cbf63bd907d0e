-- A flag that could be made to hold once the winner can be known would be a last look.
create or replace function private.tg_holding_flags__before_reveal()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_flag private.flags;
begin
    -- By its key alone: a pot has many flags, each of which comes by here.
    select * into v_flag from private.flags as f where f.flag_id = new.flag_id;
    if not coalesce(
        v_flag.pot_id = new.pot_id
        and v_flag.effect in ('hold', 'refuse')
        and v_flag.status <> 'cleared',
        false
    ) or not exists (
        select
        from public.pots as p
        where p.id = new.pot_id and p.status = 'settling' and p.reveal_seed is null
    ) or exists (
        select
        from public.pots_audit as a
        where a.pot_id = new.pot_id and a.action = 'revealed'
    ) then
        raise check_violation using message = 'a flag is made to hold before the reveal only';
    end if;
    return new;
end $$;

comment on function private.tg_holding_flags__before_reveal() is
'Trigger: a flag can hold if it is of the pot, has a holding effect, is not cleared, and the '
'pot''s chain has no row `revealed` yet.';

revoke all on function private.tg_holding_flags__before_reveal()
from public, anon, authenticated, service_role;
