-- Fails with invalid_argument, naming the argument, unless the terms make a pot
create or replace function private.check_pot_terms(
    p_entry_cost bigint, p_max_tickets integer, p_max_per_user integer,
    p_min_participants integer, p_fill_seconds integer, p_draw_version integer
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_range('entry_cost', p_entry_cost, 1, 9007199254740991);
    -- The prize is one amount of credits, so it too stays under 2^53.
    perform private.require_range(
        'max_tickets', p_max_tickets, 1, least(2147483647, 9007199254740991 / p_entry_cost)
    );
    perform private.require_range('max_per_user', p_max_per_user, 1, p_max_tickets);
    perform private.require_range('min_participants', p_min_participants, 1, p_max_tickets);
    perform private.require_range('fill_seconds', p_fill_seconds, 1, 2592000);
    perform private.require_range('draw_version', p_draw_version, 1, 2);
end $$;

comment on function private.check_pot_terms(
    bigint, integer, integer, integer, integer, integer
) is
'Fails with invalid_argument, naming the argument, unless the terms make a pot: used by '
'create_pot and upsert_pot_template.';

revoke all on function private.check_pot_terms(
    bigint, integer, integer, integer, integer, integer
)
from public, anon, authenticated, service_role;
