-- What became of a pot's held payout, as its proof shows it: to how many, and no user id
create or replace function private.release_json(p_pot_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce((
        select n.kept -> 'release' from private.archived_pots as n where n.pot_id = p_pot_id
    ), (
        select jsonb_build_object(
            'outcome', h.outcome,
            'released_at', private.json_time(h.released_at),
            'entries', count(*),
            'tickets', sum(e.ticket_count),
            'credits', sum(t.amount)
        )
        from private.payout_holds as h
        inner join private.settlements as s on h.pot_id = s.pot_id
        inner join private.transfers as t on h.pot_id = t.pot_id and t.kind in ('release', 'return')
        inner join public.pot_entries as e on e.id = coalesce(t.entry_id, s.entry_id)
        where h.pot_id = p_pot_id and h.outcome is not null
        group by h.pot_id
    ))
$$;

comment on function private.release_json(uuid) is
'{outcome, released_at, entries, tickets, credits} of a payout that was held and is released; NULL '
'while it is held, and when it never was.';

revoke all on function private.release_json(uuid)
from public, anon, authenticated, service_role;
