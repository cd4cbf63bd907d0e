-- Nothing is read before it is on record who reads it and why; and by nobody else, and for a day.

begin;
\ir ../support/helpers.sql
select plan(23);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big');
select make_user('ann', 100);
select join_pot('ann', 'big', 1);
select refused(
    'pot_compliance:carol', 'export_pot', on_pot('big', '{"reason": ""}'), 'PT422',
    'invalid_argument', '{"argument": "reason", "expected": "1 to 500 characters"}', 'for no reason'
);
select refused(
    'pot_compliance', 'export_pot', on_pot('big', '{"reason": "asked for"}'), 'PT401',
    'login_required', '{}', 'by nobody'
);
select refused(
    'pot_compliance:carol', 'export_pot', on_pot('nowhere', '{"reason": "asked for"}'), 'PT404',
    'pot_not_found', '{}', 'of no pot'
);
create temporary table begun on commit drop as
select
    rpc('pot_compliance:carol', 'export_pot', on_pot('big', '{"reason": "asked for"}'))
    -> 'export_id' as export_id;
create function pg_temp.part(p_part text, p_more jsonb default '{}')
returns jsonb
language sql
as $$
    select jsonb_build_object('export_id', b.export_id, 'part', p_part) || p_more
    from begun as b
$$;
select is(
    (select jsonb_build_array(x.reason, x.identified) from private.exports as x),
    '["asked for", false]', 'an export is on record'
);
select is(
    rpc('pot_compliance:carol', 'read_export', pg_temp.part('entries')) #>> '{rows,0,player}',
    'account-1', 'and then it is read'
);
select refused(
    'pot_compliance:dave', 'read_export', pg_temp.part('entries'), 'PT422', 'invalid_argument',
    '{"argument": "export_id", "expected": "an export of yours, of the last day"}',
    'by another person'
);
select refused(
    'pot_compliance:carol', 'read_export', pg_temp.part('secrets'), 'PT422', 'invalid_argument',
    '{
        "argument": "part",
        "expected": "pot, entries, chain, ledger, flags, events, proof or log"
    }',
    'an unknown part'
);
select refused(
    'pot_compliance:carol', 'read_export', pg_temp.part('pot', '{"after": "x"}'), 'PT422',
    'invalid_argument', '{"argument": "after", "expected": "`next` of the page before"}',
    'after nothing'
);
select refused(
    'pot_compliance', 'read_export', pg_temp.part('pot'), 'PT401', 'login_required', '{}',
    'read by nobody'
);
select throws_ok(
    c.command, '42501', 'private.exports is append-only', c.command
)
from unnest(array[
    'update private.exports set reason = ''another'' where true',
    'delete from private.exports where true', 'truncate private.exports'
]) as c (command);
select freeze_time('2030-01-02 12:00:00Z');
select refused(
    'pot_compliance:carol', 'read_export', pg_temp.part('entries'), 'PT422', 'invalid_argument',
    '{"argument": "export_id", "expected": "an export of yours, of the last day"}', 'a day later'
);
select is(
    (
        select count(*)
        from private.events as e
        where e.kind = 'pot_exported' and e.pot_id = pot_id('big')
    ),
    1::bigint, 'its event'
);
select query_refused(
    'ann', 'select public.export_pot(gen_random_uuid(), ''mine'')',
    'permission denied for function export_pot', 'a player exports nothing'
);

select * from finish();
rollback;
