-- Lines of a month's file go into the tables of the archive and nowhere else, and only for a month
-- that is here.

begin;
\ir ../support/helpers.sql
select plan(4);

insert into private.archive_months (month, opened_at, detached_at, file_hash)
values ('2020-01-01', now(), null, null), ('2020-02-01', now(), now(), repeat('0', 64));

select throws_ok(
    $$select private.load_lines('2020-01-01', 'settings', '{}')$$,
    'PT422', 'invalid_argument', 'a table that is none of the archive''s'
);
select throws_ok(
    $$select private.load_lines('2020-02-01', 'archived_events', '{}')$$,
    'PT409', 'wrong_state', 'a month that is away'
);
select throws_ok(
    $$select private.load_lines('2020-03-01', 'archived_events', '{}')$$,
    'PT409', 'wrong_state', 'a month that nothing was archived of'
);
select is(
    private.load_lines('2020-01-01', 'archived_events', '{}'), 0::bigint, 'no lines of a month here'
);

select * from finish();
rollback;
