-- Who gets what when a held prize goes back: pro rata by tickets, in whole credits that sum to the
-- prize. Each entry gets its share rounded down; the credits left over go one each to the largest
-- remainders, the lower first_ticket first.
--
-- The entrants are all but the winner and those on whom a flag that could hold is upheld. If nobody
-- remains it is everybody, the winner too: each entry's share is then what it cost, as if the pot
-- had been cancelled.
create or replace function private.return_shares(p_pot_id uuid)
returns table (
    entry_id uuid, user_id uuid, first_ticket bigint, ticket_count integer, credits bigint
)
language sql
stable
set search_path = ''
as $$
    with entrants as (
        select
            e.id, e.user_id, e.first_ticket, e.ticket_count, h.credits as prize,
            e.user_id <> p.winner_user_id and e.user_id not in (
                select f.user_id
                from private.holding_flags as n
                inner join private.flags as f on n.flag_id = f.flag_id
                where n.pot_id = p_pot_id and f.status = 'upheld'
            ) as honest
        from public.pot_entries as e
        inner join public.pots as p on e.pot_id = p.id
        inner join private.payout_holds as h on e.pot_id = h.pot_id
        where e.pot_id = p_pot_id and e.first_ticket is not null
    ),

    chosen as (
        select e.*, sum(e.ticket_count) over ()::numeric as tickets
        from entrants as e
        where e.honest or not exists (select from entrants as o where o.honest)
    ),

    shares as (
        select
            c.*,
            div(c.prize::numeric * c.ticket_count, c.tickets) as whole,
            mod(c.prize::numeric * c.ticket_count, c.tickets) as remainder
        from chosen as c
    ),

    placed as (
        select
            s.*,
            row_number() over (order by s.remainder desc, s.first_ticket) as place,
            s.prize - sum(s.whole) over () as left_over
        from shares as s
    )

    select
        p.id, p.user_id, p.first_ticket, p.ticket_count,
        (p.whole + case when p.place <= p.left_over then 1 else 0 end)::bigint
    from placed as p
    order by p.user_id, p.first_ticket
$$;

comment on function private.return_shares(uuid) is
'What each entry gets when the pot''s held prize is returned: pro rata by tickets among the other '
'entrants without an upheld flag, largest remainder, ties to the lower first_ticket. Sums to the '
'prize; in order of user_id, first_ticket.';

revoke all on function private.return_shares(uuid)
from public, anon, authenticated, service_role;
