-- What is carried forward of a month changes never, and goes only once the month is back. What
-- names an entry or a transfer names one of its pot. Pots stay for ninety days at least.

begin;
\ir ../support/helpers.sql
select plan(21);

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

select make_user('ann', 100);
insert into private.archive_months (month, opened_at, detached_at, file_hash)
values ('2020-02-01', now(), now(), repeat('0', 64));
insert into private.carried_entries (
    account_id, from_version, to_version, amount, balance_after, until, month
)
select w.account_id, 1, 2, 0, 100, now(), '2020-02-01'
from private.wallets as w;
insert into private.carried_positions (from_position, to_position, month)
values (1, 2, '2020-02-01');
select is(
    pg_temp.tried(r.role, format(c.command, n.name)),
    format('42501 private.%s is append-only', n.name),
    format('%s, %s', format(c.command, n.name), r.role)
)
from (values ('carried_entries'), ('carried_positions')) as n (name)
cross join unnest(array[
    'delete from private.%s where true', 'truncate private.%s',
    'update private.%s set month = month where true'
]) as c (command)
cross join (values ('origin'), ('replica')) as r (role);
update private.archive_months set detached_at = null, file_hash = null where true;
select lives_ok('delete from private.carried_entries where true', 'a month that is back has none');

select open_pot('one');
select open_pot('two');
select join_pot('ann', 'one', 1);
select is(
    pg_temp.tried(r.role, format(
        $$insert into private.flags (
            pot_id, entry_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
        )
        values ('%s', '%s', '%s', 'a_ring', 0.5, '{}', 'lock', 'note', now(), now())$$,
        pot_id('two'), entry_id('ann', 'one'), user_id('ann')
    )),
    '23503 flags names what is not in the books', 'a flag is of an entry of its pot: ' || r.role
)
from (values ('origin'), ('replica')) as r (role);
select is(
    pg_temp.tried(r.role, format(
        $$insert into private.payout_holds (pot_id, account_id, transfer_id, credits, held_at)
        select '%s', t.id, t.id, 1, now() from private.transfers as t where t.pot_id = '%s'$$,
        pot_id('two'), pot_id('one')
    )),
    '23503 payout_holds names what is not in the books',
    'what is held came by a transfer of its pot: ' || r.role
)
from (values ('origin'), ('replica')) as r (role);

select set_config(
    'request.jwt.claims',
    '{"role": "pot_compliance", "sub": "00000000-0000-0000-0000-0000000ca401"}', true
);
create temporary table days on commit drop as
select r.archive_days as before from private.retention as r;
select throws_ok(
    $$select private.set_archive_days(89, 'soon')$$, 'PT422', 'invalid_argument',
    'ninety days at least'
);
select is(
    private.set_archive_days(91, 'soon'), '{"archive_days": 91}', 'and somebody says why'
);
select is(
    private.set_archive_days(91, 'again'), '{"archive_days": 91}', 'to say the same again'
);
select is(
    (
        select jsonb_agg(e.data order by e.id)
        from private.events as e
        where e.kind = 'archive_days_set'
    ),
    jsonb_build_array(jsonb_build_object('reason', 'soon', 'before', d.before, 'after', 91)),
    'is no change: one is recorded, with what was before'
)
from days as d;

select * from finish();
rollback;
