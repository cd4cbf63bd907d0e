-- A time is hashed as microseconds since 1970 UTC, whatever the session's time zone and date
-- style.

begin;
set local search_path = extensions, public;
select plan(11);

create temporary table times (moment timestamptz, micros bigint) on commit drop;
insert into times (moment, micros) values
('1970-01-01 00:00:00+00', 0),
('1970-01-01 00:00:00.000001+00', 1),
('2026-11-22 12:34:56.789012+00', 1795350896789012),
('2026-03-29 01:30:00+01', 1774744200000000),  -- the hour that does not exist in Berlin
('9999-12-31 23:59:59.999999+00', 253402300799999999);

select results_eq(
    'select private.micros(moment) from times order by moment',
    'select micros from times order by moment',
    'known times'
);

set local timezone = 'Pacific/Kiritimati';
set local datestyle = 'SQL, DMY';
select results_eq(
    'select private.micros(moment) from times order by moment',
    'select micros from times order by moment',
    'the same 14 hours east, day first'
);
set local timezone = 'America/St_Johns';
set local datestyle = 'German';
set local intervalstyle = 'sql_standard';
select results_eq(
    'select private.micros(moment) from times order by moment',
    'select micros from times order by moment',
    'the same in half an hour''s time zone, in German'
);
set local timezone = 'Europe/Berlin';
set local datestyle = 'Postgres, MDY';
set local extra_float_digits = -15;
select results_eq(
    'select private.micros(moment) from times order by moment',
    'select micros from times order by moment',
    'the same in Berlin with few digits'
);
select is(
    private.micros('2026-10-25 02:30:00+01') - private.micros('2026-10-25 02:30:00+02'),
    3600000000,
    'the hour that comes twice in autumn is two hours'
);

select is(
    private.lock_digest(
        'pots', '00112233-4455-6677-8899-aabbccddeeff', 1, zeros, zeros, zeros, 1,
        '2026-11-22 12:34:56.789012+00', zeros, 0
    ),
    '\x75707e679b1c20d41fb69ed0ca1001cb9be56c7c0182c0c4234d3d76897e54e5'::bytea,
    'a hash over a time is the same too'
)
from (values (decode(repeat('00', 32), 'hex'))) as given (zeros);

select throws_ok(
    $$select private.micros('1969-12-31 23:59:59.999999+00')$$, '22003', null, 'not before 1970'
);
select throws_ok($$select private.micros('infinity')$$, '22003', null, 'not infinity');
select throws_ok($$select private.micros('-infinity')$$, '22003', null, 'not minus infinity');
select is(private.micros(null), null, 'null in, null out');
select is(
    (select provolatile from pg_catalog.pg_proc where oid = 'private.micros'::regproc),
    'i'::"char",
    'it is immutable, and the tests above are why it may be'
);

select * from finish();
rollback;
