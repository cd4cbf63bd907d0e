-- A flag that could be made to hold once the winner can be known would be a last look.
create or replace function private.tg_holding_flags__before_reveal()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if not exists (
        select
        from public.pots as p
        inner join private.flags as f on p.id = f.pot_id
        where p.id = new.pot_id
            and f.flag_id = new.flag_id
            and p.status = 'settling'
            and p.reveal_seed is null
            and f.effect in ('hold', 'refuse')
            and f.status <> 'cleared'
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
