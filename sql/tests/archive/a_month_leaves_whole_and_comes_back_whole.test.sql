-- A month is detached once it is over, every pot that ended in it is archived and a checkpoint of
-- the log holds that; what it kept is away until it is put back from what it was written to.

begin;
\ir ../support/helpers.sql
select plan(23);

-- What a command of the archive's says to carol, or its refusal.
create function pg_temp.said(p_command text)
returns text
language plpgsql
as $$
declare
    v_answer text;
    v_details text;
begin
    perform set_config(
        'request.jwt.claims',
        jsonb_build_object('role', 'pot_compliance', 'sub', user_id('carol'))::text, true
    );
    execute 'select ' || p_command into v_answer;
    return v_answer;
exception
    when others then
        get stacked diagnostics v_details = pg_exception_detail;
        return concat_ws(' ', sqlstate, sqlerrm, v_details);
end $$;
create function pg_temp.archive(p_pot text)
returns text
language sql
as $$
    select pg_temp.said(format(
        'private.archive_pot(%1$L, (
            private.export_pot(%1$L, ''it is old'', false) ->> ''export_id''
        )::uuid, %2$L, private.pot_version(%1$L)) -> ''archived''',
        pot_id(p_pot), repeat('0', 64)
    ))
$$;
create function pg_temp.detach()
returns text
language sql
as $$
    select pg_temp.said(format('private.detach_month(''2030-02-01'', %L)', repeat('a', 64)))
$$;
create function pg_temp.entries(p_after bigint)
returns bigint[]
language sql
as $$
    select array_agg(e.entry -> 'first_ticket')::bigint[]
    from jsonb_array_elements(rpc('anon', 'list_lock_entries', on_pot('big', jsonb_build_object(
        'after_ticket', p_after
    )))) as e (entry)
$$;

select freeze_time('2030-01-31 12:00:00Z');
select open_pot(p.name) from unnest('{first,next}'::text[]) as p (name);
select freeze_time('2030-02-01 00:00:00Z');
select rpc('pot_compliance:carol', 'void_pot', on_pot('first', '{"reason": "a test"}'));
select open_pot('big');
select bring_to('big', 'settled');
select freeze_time('2030-03-01 00:00:00Z');
select rpc('pot_compliance:carol', 'void_pot', on_pot('next', '{"reason": "a test"}'));
select freeze_time('2032-01-01 00:00:00Z');
select rpc('pot_compliance:carol', 'purge_expired', '{"limit_rows": 10000}');
-- The last position is nobody's to archive.
select make_user('ann', 100);
select rpc('pot_orchestrator', 'roll_up_metrics');

select is(
    pg_temp.detach(), 'PT409 wrong_state {"status": "not archived"}',
    'nothing was archived of the month'
);
select private.open_archive_month('2030-02-01');
select is(pg_temp.archive('big'), 'true', 'one pot leaves');
select is(
    pg_temp.detach(), 'PT409 wrong_state {"pots_not_archived": 1}',
    'one that ended in the first moment of the month has not'
);
select is(pg_temp.archive('first'), 'true', 'then it has');
select freeze_time('2030-02-28 23:59:59.999999Z');
select is(
    pg_temp.detach(), 'PT409 wrong_state {"status": "not over"}',
    'by a clock that was set back the month is not over'
);
select freeze_time('2032-01-01 00:00:00Z');
select rpc('pot_orchestrator', 'prepare_checkpoint') is null;
create temporary table logged on commit drop as
select max(l.leaf_index) as last_leaf
from private.log_leaves as l
inner join public.pots_audit as a on l.audit_id = a.id and a.action = 'archived';
insert into private.log_checkpoints (size, text, created_at)
select l.last_leaf, private.log_checkpoint_text(l.last_leaf), private.now() from logged as l;
select is(
    pg_temp.detach(), 'PT409 wrong_state {"rows_without_checkpoint": 1}',
    'the checkpoint ends one leaf before the last of them'
);
insert into private.log_checkpoints (size, text, created_at)
select l.last_leaf + 1, private.log_checkpoint_text(l.last_leaf + 1), private.now()
from logged as l;

select is(pg_temp.entries(null), '{0,5}', 'an archived pot is listed from its first ticket');
select is(pg_temp.entries(-1), '{0,5}', 'or behind minus one');
select is(pg_temp.entries(0), '{5}', 'behind the first entry is the second');
select is(pg_temp.entries(5), null, 'and nothing behind that');
select refused(
    'anon', 'list_lock_entries', on_pot('first'), 'PT409', 'wrong_state',
    '{"status": "cancelled"}', 'a pot that never locked has no list'
);
create temporary table lines on commit drop as
select p.name as pot, t.name as "table", t.place, array_agg(l.line order by l.place) as lines
from unnest('{big,first}'::text[]) as p (name)
cross join unnest(private.archive_tables()) with ordinality as t (name, place)
cross join lateral private.archive_lines(pot_id(p.name), '2030-02-01', t.name)
    with ordinality as l (line, place)
group by p.name, t.name, t.place;
set constraints all immediate;

select is(
    (pg_temp.detach()::jsonb) - 'carried',
    '{"month": "2030-02-01", "detached": true, "pots": 2}',
    'one that ended in the first moment of the next month keeps it no longer'
);
select is(
    pg_temp.detach()::jsonb, '{"month": "2030-02-01", "detached": false}', 'it is detached once'
);
select refused(
    'anon', 'list_lock_entries', on_pot('big'), 'PT409', 'wrong_state',
    jsonb_build_object('status', 'settled', 'archive', private.archive_json(pot_id('big'))),
    'its pots say since when they are away'
);
select is(
    pg_temp.said(c.command), c.refusal, c.what
)
from (values
    (
        'private.open_archive_month(''2030-02-01'')', 'PT409 wrong_state {"status": "detached"}',
        'it is not opened again'
    ),
    (
        'private.attach_month(''2030-02-01'')', 'PT409 wrong_state {"status": "detached"}',
        'nor said to be back while it is away'
    ),
    (
        'private.attach_month(''2030-01-01'')', 'PT409 wrong_state {"status": "detached"}',
        'nor one that nothing was archived of'
    ),
    (
        format('private.begin_attach(''2030-02-01'', %L)', repeat('b', 64)),
        'PT409 wrong_state {"status": "not detached into this file"}',
        'nor is it put back from another file'
    )
) as c (command, refusal, what);

select is(
    pg_temp.said(format('private.begin_attach(''2030-02-01'', %L)', repeat('a', 64))), '',
    'from its own it is'
);
select private.load_lines('2030-02-01', l.table, l.lines) is null
from lines as l
order by l.place;
select is(
    pg_temp.said('private.attach_month(''2030-02-01'')'), '{"pots": 2, "month": "2030-02-01"}',
    'whole'
);
select is(pg_temp.entries(null), '{0,5}', 'and its pots are listed as before');

select * from finish();
rollback;
