-- What a join may come to is the limit itself; the first limit that is exceeded is named.

begin;
\ir ../support/helpers.sql
select plan(13);

-- A join of 10 credits, after 4 joins of 40 in the last minute and 9 of 90 in the day.
create function pg_temp.reached(p_rails jsonb, p_is_new boolean default false)
returns text
language sql
as $$
    select private.reached_limit(p_rails, p_is_new, 10, 4, 40, 9, 90)
$$;

select is(pg_temp.reached(jsonb_build_object(r.rule, r.comes_to), true), null, r.rule || ' is met')
from (values
    ('joins_per_minute', 5), ('credits_per_minute', 50), ('joins_per_day', 10),
    ('credits_per_day', 100), ('new_account_credits_per_day', 100)
) as r (rule, comes_to);
select is(
    pg_temp.reached(jsonb_build_object(r.rule, r.comes_to - 1), true), r.rule,
    r.rule || ' is exceeded'
)
from (values
    ('joins_per_minute', 5), ('credits_per_minute', 50), ('joins_per_day', 10),
    ('credits_per_day', 100), ('new_account_credits_per_day', 100)
) as r (rule, comes_to);

select is(pg_temp.reached('{}'), null, 'nothing is reached where nothing is set');
select is(
    pg_temp.reached('{"new_account_credits_per_day": 1}'), null, 'nor is a new account''s by others'
);
select is(
    pg_temp.reached('{"credits_per_day": 1, "joins_per_day": 1, "credits_per_minute": 1}'),
    'credits_per_minute', 'the minute comes before the day'
);

select * from finish();
rollback;
