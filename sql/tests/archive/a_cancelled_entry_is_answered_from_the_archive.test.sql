-- cancel_entry called again answers as it did first (contract, section 3), also once the pot has
-- left for the archive; not once its month is in a file alone.

begin;
\ir ../support/helpers.sql
select plan(16);

create function pg_temp.as_carol()
returns void
language sql
as $$
    select set_config(
        'request.jwt.claims',
        jsonb_build_object('role', 'pot_compliance', 'sub', user_id('carol'))::text, true
    )
$$;

create temporary table entries (name text primary key, id uuid not null, first jsonb)
on commit drop;
select freeze_time('2030-02-01 12:00:00Z');
select make_user(n.name, 100) from unnest('{ann,bob}'::text[]) as n (name);
select open_pot('big');
insert into entries
select n.name, (join_pot(n.name, 'big', 2) ->> 'entry_id')::uuid
from unnest('{ann,bob}'::text[]) as n (name);
select pass_time('1 second');
update entries as e
set first = rpc('ann', 'cancel_entry', jsonb_build_object('entry_id', e.id))
where e.name = 'ann';
-- Her balance is another one since.
select open_pot('other');
select join_pot('ann', 'other', 1);
select rpc('pot_compliance:carol', 'void_pot', on_pot('other', '{"reason": "a test"}'));
select bring_to('big', 'settled');
create function pg_temp.again(p_caller text, p_name text)
returns jsonb
language sql
as $$
    select rpc(p_caller, 'cancel_entry', jsonb_build_object('entry_id', e.id))
    from entries as e
    where e.name = p_name
$$;
select is(pg_temp.again('ann', 'ann'), e.first, 'while the pot is played with')
from entries as e
where e.name = 'ann';

select freeze_time('2032-01-01 00:00:00Z');
select rpc('pot_compliance:carol', 'purge_expired', '{"limit_rows": 10000}');
select make_user('zoe', 100);
select rpc('pot_orchestrator', 'roll_up_metrics');
select pg_temp.as_carol();
select private.open_archive_month('2030-02-01');
select is(
    private.archive_pot(p.id, (
        private.export_pot(p.id, 'it is old', false) ->> 'export_id'
    )::uuid, repeat('0', 64), private.pot_version(p.id)) -> 'archived', 'true', p.name || ' leaves'
)
from (select n.name, pot_id(n.name) as id from unnest('{big,other}'::text[]) as n (name)) as p;
select look_at_tables();
select is(pg_temp.again('ann', 'ann'), e.first, 'and once it is archived')
from entries as e
where e.name = 'ann';
select is(changed_tables(), '{}', 'nothing is written');
select refused(
    c.caller, 'cancel_entry', jsonb_build_object('entry_id', e.id), c.code, c.message, c.details,
    c.about
)
from (values
    ('bob', 'ann', 'PT404', 'entry_not_found', '{}'::jsonb, 'another player''s'),
    (
        'bob', 'bob', 'PT409', 'pot_not_open', '{"status": "settled"}',
        'one that played, as before the pot was archived'
    )
) as c (caller, name, code, message, details, about)
inner join entries as e on c.name = e.name;
select refused(
    'ann', 'cancel_entry', jsonb_build_object('entry_id', gen_random_uuid()), 'PT404',
    'entry_not_found', '{}', 'none at all'
);
select is(
    rpc('ann', 'my_receipt', jsonb_build_object('entry_id', e.id)) ->> 'entry_id', e.id::text,
    'as its receipt is had still'
)
from entries as e
where e.name = 'ann';
select is(
    (
        select count(*)
        from public.pot_entries as e
        where e.pot_id in (pot_id('big'), pot_id('other'))
    ),
    0::bigint, 'though it is in no table of the game'
);

-- Detached, nothing of it is in the database.
select rpc('pot_orchestrator', 'prepare_checkpoint') is null;
insert into private.log_checkpoints (size, text, created_at)
select l.size, private.log_checkpoint_text(l.size), private.now()
from (select max(l.leaf_index) + 1 as size from private.log_leaves as l) as l;
set constraints all immediate;
select pg_temp.as_carol();
select is(
    private.detach_month('2030-02-01', repeat('a', 64)) -> 'detached', 'true', 'the month leaves'
);
select refused(
    'ann', 'cancel_entry', jsonb_build_object('entry_id', e.id), 'PT404', 'entry_not_found', '{}',
    'what is in a file is not found'
)
from entries as e
where e.name = 'ann';

select * from finish();
rollback;
