-- Row security of pot_entries: the rows of the caller, compliance all of them.

begin;
\ir ../support/helpers.sql
select plan(7);

select make_user('ann', 100);
select make_user('bob', 100);
select open_pot('big');
select join_pot('ann', 'big', 1);
select join_pot('bob', 'big', 2);

select is(
    run_as(
        r.caller, 'select jsonb_agg(e.ticket_count order by e.seq) from public.pot_entries as e'
    ),
    r.sees, r.caller || ' sees ' || coalesce(r.sees::text, 'none')
)
from (values
    ('ann', '[1]'::jsonb), ('bob', '[2]'), ('zoe', null), ('pot_compliance:carol', '[1, 2]'),
    ('service_role', '[1, 2]')
) as r (caller, sees);
select is(rpc('ann', 'my_entries') -> 0 ->> 'ticket_count', '1', 'my_entries of ann');
select is(jsonb_array_length(rpc('bob', 'my_entries')), 1, 'my_entries of bob');

select * from finish();
rollback;
