-- Guards, in order: terms as create_pot's; with draw 2, a beacon chain is set.
-- Writes: the template of that name; an event; neither when nothing changes.
-- Raises: invalid_argument, wrong_state, busy (a transaction of one snapshot).
create or replace function private.upsert_pot_template(
    p_name text, p_entry_cost bigint, p_max_tickets integer, p_max_per_user integer,
    p_min_participants integer, p_fill_seconds integer, p_draw_version integer, p_open_pots integer
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_at timestamptz := private.now();
    v_template_id bigint;
    v_changed boolean;
    v_result jsonb;
begin
    perform private.require_text('name', p_name, 100);
    perform private.check_pot_terms(
        p_entry_cost, p_max_tickets, p_max_per_user, p_min_participants, p_fill_seconds,
        p_draw_version
    );
    perform private.require_range('open_pots', p_open_pots, 0, 1000);
    perform private.require_read_committed();
    if p_draw_version = 2 then
        perform private.chain_in_use();
    end if;

    insert into private.pot_templates as t (
        name, entry_cost, max_tickets, max_per_user, min_participants, fill_seconds,
        draw_version, open_pots, created_at, updated_at
    )
    values (
        p_name, p_entry_cost, p_max_tickets, p_max_per_user, p_min_participants,
        p_fill_seconds, p_draw_version, p_open_pots, v_at, v_at
    )
    on conflict (name) do update
    set
        entry_cost = excluded.entry_cost,
        max_tickets = excluded.max_tickets,
        max_per_user = excluded.max_per_user,
        min_participants = excluded.min_participants,
        fill_seconds = excluded.fill_seconds,
        draw_version = excluded.draw_version,
        open_pots = excluded.open_pots,
        updated_at = excluded.updated_at
    where (
        t.entry_cost, t.max_tickets, t.max_per_user, t.min_participants, t.fill_seconds,
        t.draw_version, t.open_pots
    ) <> (
        excluded.entry_cost, excluded.max_tickets, excluded.max_per_user,
        excluded.min_participants, excluded.fill_seconds, excluded.draw_version, excluded.open_pots
    )
    returning t.id into v_template_id;
    v_changed := found;
    if not v_changed then
        select t.id into strict v_template_id
        from private.pot_templates as t
        where t.name = p_name;
    end if;
    v_result := jsonb_build_object(
        'template_id', v_template_id, 'name', p_name, 'entry_cost', p_entry_cost,
        'max_tickets', p_max_tickets, 'max_per_user', p_max_per_user,
        'min_participants', p_min_participants, 'fill_seconds', p_fill_seconds,
        'draw_version', p_draw_version, 'open_pots', p_open_pots
    );
    if v_changed then
        perform private.log_event('pot_template_set', null, v_result);
    end if;
    return v_result;
end $$;

comment on function private.upsert_pot_template(
    text, bigint, integer, integer, integer, integer, integer, integer
) is
'Definer half of public.upsert_pot_template.';

revoke all on function private.upsert_pot_template(
    text, bigint, integer, integer, integer, integer, integer, integer
)
from public, anon, authenticated, service_role;
grant execute on function private.upsert_pot_template(
    text, bigint, integer, integer, integer, integer, integer, integer
)
to pot_orchestrator, service_role;
