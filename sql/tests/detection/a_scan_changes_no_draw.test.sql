-- The same pot, once scanned with flags and once without, locks to the same inputs, tickets, digest
-- and winner.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(5);

create function pg_temp.outcome()
returns jsonb
language sql
as $$
    select jsonb_build_object(
        'pot', to_jsonb(p),
        'tickets', (
            select jsonb_agg(jsonb_build_array(e.id, e.first_ticket, e.ticket_count) order by e.seq)
            from public.pot_entries as e where e.pot_id = p.id
        ),
        'chain', (
            select jsonb_agg(a.metadata order by a.seq) from public.pots_audit as a where a.pot_id = p.id
        ),
        'winner', winner('big')
    )
    from public.pots as p
    where p.id = pot_id('big')
$$;
select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"max_tickets": 200, "max_per_user": 5}');
select join_from('ring ' || n, 'big', 5, '203.0.113.' || n, 'one phone') is null
from generate_series(1, 5) as g (n);
select join_honest('big', n) is null from generate_series(1, 20) as g (n);
select pass_time('1 hour');

savepoint unlocked;
select lock('big') as locked \gset flagged_
select pg_temp.outcome() as outcome, cardinality(suspects('big')) as held \gset flagged_
rollback to savepoint unlocked;
create or replace function private.suspicions(p_pot_id uuid)
returns table (
    user_id uuid, entry_id uuid, kind text, score double precision, evidence jsonb
)
language sql
as $$
    select null::uuid, null::uuid, null::text, null::double precision, null::jsonb where false
$$;
select is(:'flagged_held'::integer, 5, 'five were held');
select is(lock('big'), :'flagged_locked'::jsonb, 'without a flag it locks to the same digest');
select is(suspects('big'), '{}', 'now nobody is');
select is(pg_temp.outcome(), :'flagged_outcome'::jsonb, 'tickets, chain, pot and winner are the same');
select ok(pg_temp.outcome() ->> 'winner' is not null, 'there is a winner');

select * from finish();
rollback;
