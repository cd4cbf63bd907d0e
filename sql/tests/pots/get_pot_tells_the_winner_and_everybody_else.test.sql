-- `winner` is null until the pot is settled; then `mine` is true for its owner alone.

begin;
\ir ../support/helpers.sql
select plan(4);

select make_user('ann', 100);
select make_user('bob', 100);
select open_pot('big', '{"max_tickets": 2, "max_per_user": 1}');
select join_pot('ann', 'big', 1);
select join_pot('bob', 'big', 1);
select is(rpc('ann', 'get_pot', on_pot('big')) -> 'winner', 'null', 'none while it is open');
select bring_to('big', 'settled');

select is(
    rpc(r.reader, 'get_pot', on_pot('big')) -> 'winner',
    (
        select jsonb_build_object(
            'entrant', left(e.entrant_tag, 16),
            'mine', e.user_id = user_id(r.reader),
            'winning_ticket', e.first_ticket,
            'prize', 20
        )
        from public.pot_entries as e
        where e.user_id = (pot('big')).winner_user_id
    ),
    r.reader || ' reads who won'
)
from unnest('{anon,ann,bob}'::text[]) as r (reader);

select * from finish();
rollback;
