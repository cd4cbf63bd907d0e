-- Guards: the stock of commitments; a template takes what there is. One with draw 2 waits while no
-- beacon chain is set, and holds up no other.
-- Locks: each template's row in order of id, so that two rotations at once open no pot twice.
-- Writes: as private.open_pot, for each missing pot; alerts low_stock, no_beacon_chain.
create or replace function private.rotate_pots()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_template private.pot_templates;
    v_missing integer;
    v_pot_id uuid;
    v_opened uuid[] := '{}'::uuid[];
    v_short integer := 0;
    v_left bigint;
    v_chain_hash text;
    v_waiting boolean := false;
begin
    perform private.require_read_committed();
    for v_template in
        select * from private.pot_templates as t where t.open_pots > 0 order by t.id for update
    loop
        -- A statement of its own: it sees what a rotation just before us committed.
        select v_template.open_pots - count(*) into v_missing
        from private.pot_states as s
        inner join public.pots as p on s.pot_id = p.id
        where s.template_id = v_template.id and p.status = 'open';
        select s.beacon_chain_hash into strict v_chain_hash
        from private.settings as s
        where s.only_row;
        v_waiting := v_waiting or v_template.draw_version = 2 and v_chain_hash is null;

        while v_missing > 0 and (v_template.draw_version <> 2 or v_chain_hash is not null) loop
            v_pot_id := private.open_pot(
                v_template.entry_cost, v_template.max_tickets, v_template.max_per_user,
                v_template.min_participants, v_template.fill_seconds, v_template.draw_version,
                null, v_template.id
            );
            exit when v_pot_id is null;
            v_opened := v_opened || v_pot_id;
            v_missing := v_missing - 1;
        end loop;
        v_short := v_short + greatest(v_missing, 0);
    end loop;

    select count(*) into v_left from private.commitments as c where c.used_at is null;
    if v_left < (select s.low_stock from private.settings as s) then
        perform private.raise_alert('low_stock', null, jsonb_build_object('left', v_left));
    else
        perform private.close_alerts('low_stock', null);
    end if;
    if v_waiting then
        perform private.raise_alert('no_beacon_chain', null, '{}');
    else
        perform private.close_alerts('no_beacon_chain', null);
    end if;
    return jsonb_build_object('opened', to_jsonb(v_opened), 'short', v_short, 'stock', v_left);
end $$;

comment on function private.rotate_pots() is
'Definer half of public.rotate_pots.';

revoke all on function private.rotate_pots()
from public, anon, authenticated, service_role;
grant execute on function private.rotate_pots()
to pot_orchestrator, service_role;
