-- What became of a pot's held payout, as get_pot shows it
create or replace function private.hold_json(p_pot_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object(
            'held', h.outcome is null,
            'outcome', h.outcome,
            'held_at', private.json_time(h.held_at),
            'released_at', private.json_time(h.released_at)
        )
        from private.payout_holds as h
        where h.pot_id = p_pot_id
    );
end $$;

comment on function private.hold_json(uuid) is
'{held, outcome, held_at, released_at} of the pot''s payout when it is or was held for review; '
'NULL when it never was.';

revoke all on function private.hold_json(uuid)
from public, anon, authenticated, service_role;
