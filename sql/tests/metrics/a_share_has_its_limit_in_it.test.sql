-- What is exactly at a limit is within it: six hours of a day are its peak, 120 seconds are two
-- minutes, and the class that nine of ten fall into is their 90th percentile.

begin;
\ir ../support/helpers.sql
select plan(3);

-- Counted as if so many had happened: in each of eight hours fewer joins than in the one before,
-- and one pot that filled.
insert into private.metric_counts (grain, metric, bucket, label, amount)
select
    'hour', m.metric, timestamptz '2030-01-01 00:00:00Z' + make_interval(hours => n),
    m.label, case m.metric when 'joins' then 100 - n else 1 end
from generate_series(0, 7) as n
cross join (values ('joins', ''), ('fill_target', 'within')) as m (metric, label);
insert into private.metric_counts (grain, metric, bucket, label, amount)
select 'hour', c.metric, '2030-01-01 12:00:00Z', c.label, c.amount
from (values
    ('fill', '30', 9), ('fill', '60', 1),
    ('settle', '90', 1), ('settle', '120', 1), ('settle', '180', 1)
) as c (metric, label, amount);

select is(
    rpc('pot_compliance:carol', 'metric_fill_time', '{
        "from": "2030-01-01T00:00:00Z", "to": "2030-01-02T00:00:00Z", "bucket": "day"
    }') #> '{0,peak_pots}',
    '6', 'the sixth hour is of the peak, the seventh is not'
);
select is(
    rpc('pot_compliance:carol', 'metric_fill_time', '{
        "from": "2030-01-01T12:00:00Z", "to": "2030-01-01T13:00:00Z"
    }') #> '{0,p90_seconds}',
    '30', 'nine of ten took at most 30 seconds'
);
select is(
    rpc('pot_compliance:carol', 'metric_settle_time', '{
        "from": "2030-01-01T12:00:00Z", "to": "2030-01-01T13:00:00Z"
    }') #> '{0,within_two_minutes}',
    '2', 'a payout after 120 seconds is within two minutes'
);

select * from finish();
rollback;
