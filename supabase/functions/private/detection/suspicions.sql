-- Who in a locked pot looks like several accounts of one person, and why. Formulas, weights and the
-- reasons for them: docs/collusion.md, in the same order.
--
-- Log odds in nats. Every trait is judged against the other players of the same pots, so that what
-- everybody does says nothing, and is limited, so that no trait alone decides. What grows faster
-- than the number of entries is bounded: history is read of 1,500 players, pairs are compared among
-- neighbours once a pot is large.
create or replace function private.suspicions(p_pot_id uuid)
returns table (
    user_id uuid, entry_id uuid, kind text, score double precision, evidence jsonb
)
language plpgsql
stable
set search_path = ''
as $$
declare
    -- What is less likely than that leaves nothing.
    c_from constant double precision := 0.3;
    v_seats private.seat[] := array(select s from private.pot_seats(p_pot_id) as s);
    v_visits private.visit[];
    v_traits private.trait[];
    v_suspects private.suspect[];
    v_pairs private.pair[];
begin
    if cardinality(v_seats) < 2 then
        return;
    end if;
    v_visits := array(select v from private.seat_visits(p_pot_id, v_seats) as v);
    v_seats := array(select s from private.seats_with_habits(v_seats, v_visits) as s);
    v_traits := array(select t from private.shared_traits(p_pot_id, v_seats, v_visits) as t);
    v_suspects := array(select s from private.linked_suspects(p_pot_id, v_seats, v_traits) as s);
    v_pairs := array(select p from private.compared_pairs(v_seats, v_visits, v_suspects) as p);
    return query
    select distinct on (f.player, f.kind)
        s.user_id, s.entry_id, f.kind, f.score, f.evidence
    from (
        select j.player, j.kind, j.score, j.evidence
        from private.judged_suspects(v_seats, v_visits, v_suspects, v_pairs) as j
        union all
        select c.player, c.kind, c.score, c.evidence
        from private.judged_company(p_pot_id, v_seats, v_visits, v_traits, v_pairs) as c
    ) as f
    inner join unnest(v_seats) as s on f.player = s.player
    where f.score >= c_from
    order by f.player, f.kind, f.score desc, f.evidence ->> 'group';
end $$;

comment on function private.suspicions(uuid) is
'Every suspicion about a player of the pot from 0.3 on: the kind, its score (the probability that '
'the player is one of several accounts of one person) and the numbers it comes from. Groups are '
'named by a label of this pot only.';

revoke all on function private.suspicions(uuid)
from public, anon, authenticated, service_role;
