-- Rows leave the tables that are played in only when the very same are in the archive, and what is
-- there stays as it is; to owner and superuser, also under session_replication_role = replica.

begin;
\ir ../support/helpers.sql
select plan(71);

create function pg_temp.tried(p_replication text, p_command text)
returns text
language plpgsql
as $$
declare
    v_error text := 'done';
begin
    begin
        perform set_config('session_replication_role', p_replication, true);
        execute p_command;
    exception
        when others then
            v_error := sqlstate || ' ' || sqlerrm;
    end;
    perform set_config('session_replication_role', 'origin', true);
    return v_error;
end $$;

select open_pot('big');
select bring_to('big', 'settled');
select pass_time('500 days');
select rpc('pot_compliance:carol', 'purge_expired', '{"limit_rows": 10000}');
-- The last position is nobody's to archive.
select make_user('ann', 100);
select rpc('pot_orchestrator', 'roll_up_metrics');
select set_config(
    'request.jwt.claims',
    '{"role": "pot_compliance", "sub": "00000000-0000-0000-0000-0000000ca401"}', true
);
select is(
    private.archive_blockers(pot_id('big')), '{}', 'an old pot can be archived'
);
create temporary table taken on commit drop as
select
    private.archive_month((pot('big')).settled_at) as month,
    (private.export_pot(pot_id('big'), 'it is old', false) ->> 'export_id')::uuid as export_id;

select matches(
    pg_temp.tried('origin', format(
        $$select private.archive_pot('%s', '%s', '%s', %s)$$, pot_id('big'), t.export_id,
        repeat('0', 64), private.pot_version(pot_id('big'))
    )),
    'PT409 wrong_state', 'not before its month is open'
)
from taken as t;
select private.open_archive_month(t.month) from taken as t;
create temporary table flags on commit drop as
select flag((pot('big')).winner_user_id, 'big') as one;
select matches(
    pg_temp.tried('origin', format(
        $$select private.archive_pot('%s', '%s', '%s', %s)$$, pot_id('big'), t.export_id,
        repeat('0', 64), private.pot_version(pot_id('big'))
    )),
    'PT409 wrong_state', 'nor while somebody has to look at it'
)
from taken as t;
delete from private.flags where flag_id = (select f.one from flags as f);
select matches(
    pg_temp.tried('origin', format(
        $$select private.archive_pot('%s', '%s', '%s', %s)$$, pot_id('big'), e.export_id,
        repeat('0', 64), private.pot_version(pot_id('big')) + e.ahead
    )),
    'PT422 invalid_argument', e.what
)
from taken as t
cross join lateral (values
    (t.export_id, -1, 'nor by an export of how it was before'),
    (gen_random_uuid(), 0, 'nor by one that was not made')
) as e (export_id, ahead, what);

-- As it is, but for one value of one row.
insert into private.archived_entries
select
    t.month, e.id, e.pot_id, e.user_id, e.seq, e.ticket_count, e.credits_spent, e.salt,
    e.entrant_tag, e.first_ticket, e.ip_hash, e.device_hash, e.stripe, e.created_at,
    e.cancelled_at, 'QQ', e.correlation_id, e.holder_rank
from public.pot_entries as e
cross join taken as t
order by e.seq
limit 1;
select is(
    pg_temp.tried(r.role, 'delete from public.pot_entries where id = (
        select id from private.archived_entries
    )'),
    '42501 public.pot_entries is append-only', 'not for another one: ' || r.role
)
from (values ('origin'), ('replica')) as r (role);
alter table private.archived_entries disable trigger user;
delete from private.archived_entries where true;
alter table private.archived_entries enable trigger user;
alter table private.archived_entries enable always trigger tg_archived_entries__append_only;
alter table private.archived_entries enable always trigger tg_archived_entries__not_truncated;

select ok(
    (
        private.archive_pot(
            pot_id('big'), t.export_id, repeat('0', 64), private.pot_version(pot_id('big'))
        ) ->> 'archived'
    )::boolean,
    'then it leaves'
)
from taken as t;
select is(
    (
        select count(*) from public.pot_entries as e where e.pot_id = pot_id('big')
    ) + (
        select count(*) from private.transfers as t where t.pot_id = pot_id('big')
    ) + (
        select count(*) from private.merkle_levels as m where m.tree_id = pot_id('big')
    ),
    0::bigint, 'and nothing is left'
);
select refused(
    'pot_compliance:carol', 'review_flag', jsonb_build_object(
        'flag_id', f.flag_id, 'decision', 'clear', 'reason', 'too late'
    ), 'PT409', 'wrong_state', '{"status": "archived"}', 'nor is anything of it judged any more'
)
from (select flag((pot('big')).winner_user_id, 'big') as flag_id) as f;
select matches(
    pg_temp.tried(r.role, format(c.command, n.name, n.change)),
    -- The error names the partition.
    format('^42501 private.%s(_[0-9]{4}_[0-9]{2})? is append-only$', n.name),
    format('%s, %s', format(c.command, n.name, n.change), r.role)
)
from (values
    ('archived_entries', 'seq = seq'), ('archived_transfers', 'amount = amount'),
    ('archived_ledger', 'amount = amount'), ('archived_events', 'data = data'),
    ('archived_levels', 'nodes = nodes'), ('archived_pots', 'kept = kept')
) as n (name, change)
cross join unnest(array[
    'delete from private.%s where true', 'truncate private.%s cascade',
    'update private.%s set %s where true'
]) as c (command)
cross join (values ('origin'), ('replica')) as r (role);
-- A partition is a table of its own.
select matches(
    pg_temp.tried(r.role, format(
        c.command, private.archive_partition(n.name, t.month)
    )),
    '^42501 private.archived_[a-z]+_[0-9]{4}_[0-9]{2} is append-only$',
    format('%s, %s', format(c.command, n.name), r.role)
)
from unnest(private.archive_tables()) as n (name)
cross join taken as t
cross join unnest(array['delete from private.%s where true', 'truncate private.%s']) as c (command)
cross join (values ('origin'), ('replica')) as r (role);

select is(
    pg_temp.tried(r.role, c.command), c.error, format('%s, %s', c.command, r.role)
)
from (values
    (
        'update private.archive_months set opened_at = now() where true',
        '23514 a month of the archive is detached or attached'
    ),
    (
        'delete from private.archive_months where true',
        '42501 private.archive_months is append-only'
    )
) as c (command, error)
cross join (values ('origin'), ('replica')) as r (role);

select * from finish();
rollback;
