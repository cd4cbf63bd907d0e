-- purge_expired reads old keys a span of time after the other: what lies on the border of two is of
-- one of them.

begin;
\ir ../support/helpers.sql
select plan(4);

create function pg_temp.purge()
returns jsonb
language sql
as $$
    select rpc('pot_compliance:carol', 'purge_expired', '{"limit_rows": 1}')
    - '{network,evidence}'::text[]
$$;

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
-- The first pot there is; its joins are the first keys there may be.
select open_pot('big');
select join_pot('ann', 'big', 1, 'first');
-- The end of the first second, from a microsecond before the first pot.
select freeze_time('2030-01-01 12:00:00.999999Z');
select join_pot('ann', 'big', 1, 'border');
select freeze_time('2030-01-11 12:00:00Z');
select open_pot('later');
select join_pot('ann', 'later', 1, 'last');
select rpc('pot_compliance:carol', 'void_pot', on_pot(p.name, '{"reason": "a test"}'))
from unnest('{big,later}'::text[]) as p (name);
select freeze_time('2030-03-01 12:00:00Z');
select is(pg_temp.purge(), '{"keys": 1, "more": true}', k.key)
from unnest('{first,border,last}'::text[]) as k (key);
select is(
    (select count(*) from private.idempotency_keys), 0::bigint, 'all have gone'
);

select * from finish();
rollback;
