-- What reveal_pot returns of a settled pot; `held` only of one whose payout waits for a review, or
-- did
create or replace function private.settlement_result(p_pot_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'pot_id', s.pot_id,
        'status', 'settled',
        'winner_index', s.proof -> 'winner_index',
        'winning_ticket', s.winning_ticket,
        'entry_id', s.entry_id,
        'entrant', left(s.proof -> 'winning_entry' ->> 'entrant_tag', 16),
        'prize', s.prize,
        'settled_at', s.proof -> 'settled_at',
        'audit', s.proof -> 'audit'
    ) || case
        when s.proof @> '{"payout": {"held": true}}' then '{"held": true}' else '{}'
    end::jsonb
    from private.settlements as s
    where s.pot_id = p_pot_id
$$;

comment on function private.settlement_result(uuid) is
'What reveal_pot returns of a settled pot: the winning entry and the payout, no user id; and held: '
'true when the payout was held for review.';

revoke all on function private.settlement_result(uuid)
from public, anon, authenticated, service_role;
