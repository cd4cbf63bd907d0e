-- Which spans and buckets a metric is shown of: finite, from before to, at most 1000 buckets.

begin;
\ir ../support/helpers.sql
select plan(28);

select freeze_time('2030-01-01 12:00:00Z');
select refused(
    'service_role', 'metric_fill_time', c.arguments,
    'PT422', 'invalid_argument',
    jsonb_build_object('argument', c.argument, 'expected', c.expected), c.arguments::text
)
from (values
    ('{"bucket": "week"}'::jsonb, 'bucket', 'five_minutes, hour or day'),
    ('{"bucket": null}', 'bucket', 'five_minutes, hour or day'),
    ('{"to": "infinity"}', 'to', 'a time of the years 1 to 9999'),
    ('{"to": "-infinity"}', 'to', 'a time of the years 1 to 9999'),
    ('{"to": "4713-01-02T00:00:00Z BC"}', 'to', 'a time of the years 1 to 9999'),
    ('{"to": "294276-12-31T23:59:59Z"}', 'to', 'a time of the years 1 to 9999'),
    ('{"to": "0001-01-01T01:00:00Z"}', 'from', 'before to, by at most 1000 buckets'),
    ('{"from": "-infinity"}', 'from', 'before to, by at most 1000 buckets'),
    (
        '{"from": "2030-01-01T12:00:00Z", "to": "2030-01-01T12:00:00Z"}', 'from',
        'before to, by at most 1000 buckets'
    ),
    (
        '{"from": "2029-11-20T19:59:59Z", "to": "2030-01-01T12:00:00Z"}', 'from',
        'before to, by at most 1000 buckets'
    ),
    ('{"from": "2030-01-01T12:00:00Z"}', 'from', 'before to, by at most 1000 buckets')
) as c (arguments, argument, expected);
select lives_ok(
    format('select rpc(%L, %L, %L)', 'service_role', f, a), format('%s of %s', f, a)
)
from unnest(array['metric_fill_time', 'metric_joins']) as f
cross join unnest(array[
    '{"from": "2029-11-20T20:00:00Z", "to": "2030-01-01T12:00:00Z"}',
    '{"from": "2030-01-01T11:59:59Z", "to": "2030-01-01T12:00:00Z", "bucket": "day"}',
    '{"from": "0001-01-01T00:00:00Z", "to": "0001-01-01T01:00:00Z"}'
]) as a;

select * from finish();
rollback;
