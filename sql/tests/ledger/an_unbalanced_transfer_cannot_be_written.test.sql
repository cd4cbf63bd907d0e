-- One side, three sides, or two that do not cancel out: refused, also as a replica.

begin;
\ir ../support/helpers.sql
select plan(7);

select make_user('ann', 100);
select make_user('bob', 100);
select open_pot('big');
insert into private.transfers (kind, amount, created_at) values ('grant', 5, now());

create function pg_temp.cannot_write(p_sides bigint[], p_description text)
returns setof text
language plpgsql
as $$
declare
    v_role text;
begin
    foreach v_role in array '{origin,replica}'::text[] loop
        perform set_config('session_replication_role', v_role, true);
        return next throws_ok(
            format(
                'insert into private.ledger_entries (transfer_id, account_id, amount) '
                'select (select max(id) from private.transfers), -s.place, s.amount '
                'from unnest(%L::bigint[]) with ordinality as s (amount, place)',
                p_sides
            ),
            '23514', 'a transfer has two entries that sum to zero',
            format('%s, as %s', p_description, v_role)
        );
    end loop;
    perform set_config('session_replication_role', 'origin', true);
end $$;
select pg_temp.cannot_write('{5}', 'one side');
select pg_temp.cannot_write('{-5,6}', 'two that do not cancel out');
select pg_temp.cannot_write('{-5,2,3}', 'three that do');
select throws_ok(
    $$ insert into private.ledger_entries (transfer_id, account_id, amount) values (0, 1, 0) $$,
    '23514', null, 'a side of nothing'
);

select * from finish();
rollback;
