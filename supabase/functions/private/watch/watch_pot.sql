-- Looks at one pot, and opens or closes the alerts of what is wrong with it.
-- Writes: alerts escrow_not_zero, chain_broken; one that is open and the same is left as it is.
create or replace function private.watch_pot(p_pot_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_look record;
begin
    for v_look in
        select *
        from (values
            ('escrow_not_zero', private.watch_escrow(p_pot_id)),
            ('chain_broken', private.watch_chain(p_pot_id))
        ) as looks (kind, problem)
    loop
        if v_look.problem is null then
            perform private.close_alerts(v_look.kind, p_pot_id);
        elsif not exists (
            select
            from private.alerts as a
            where a.kind = v_look.kind
                and a.pot_id = p_pot_id
                and a.closed_at is null
                and a.detail = v_look.problem
        ) then
            perform private.raise_alert(v_look.kind, p_pot_id, v_look.problem);
        end if;
    end loop;
end $$;

comment on function private.watch_pot(uuid) is
'Looks at one pot''s escrow and chain; opens the alert of what is wrong, closes that of what is '
'not.';

revoke all on function private.watch_pot(uuid)
from public, anon, authenticated, service_role;
