-- Nothing that happens to a pot ends the alert that its seed was spent, since the pot has ended: so
-- it ends when a person looks after it, and the pot may leave for the archive one day.

begin;
\ir ../support/helpers.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big');
select rpc('pot_settlement', 'report_spent_seed', on_pot('big', jsonb_build_object(
    'reveal_seed', seed('big'), 'lock_digest', repeat('ab', 32)
)));
create function pg_temp.ack(p_person text)
returns jsonb
language sql
as $$
    select rpc('pot_compliance:' || p_person, 'ack_alert', jsonb_build_object(
        'alert_id', a.alert_id, 'reason', 'the backup of noon'
    ))
    from private.alerts as a
    where a.kind = 'seed_spent'
$$;

select pass_time('1 year');
select is(open_alerts(), '{seed_spent}', 'a year later it is open as it was');
select ok(
    'alert' = any(private.archive_blockers(pot_id('big'))), 'and keeps the pot from the archive'
);
create temporary table said on commit drop as select pg_temp.ack('carol') as answer;
select is(s.answer ->> 'kind', 'seed_spent', 'somebody looks after it') from said as s;
select is(open_alerts(), '{}', 'and it is over');
select is(
    (
        select array_agg(e.kind order by e.id)
        from private.events as e
        where e.kind like 'alert%'
    ),
    '{alert_opened,alert_acknowledged,alert_closed}', 'which is told in this order'
);
select ok(
    'alert' <> all(private.archive_blockers(pot_id('big'))), 'it keeps the pot no longer'
);
select is(pg_temp.ack('carol'), s.answer, 'the same person is answered the same') from said as s;
select is(
    (
        select a.alert_id is not null and a.closed_at is not null and a.ack_reason is not null
        from private.alerts as a
    ),
    true, 'and it stays on record, with why'
);

select * from finish();
rollback;
