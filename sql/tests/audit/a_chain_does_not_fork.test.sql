-- Two rows of one number, or one hash twice, cannot be written; nor an undocumented action.

begin;
\ir ../support/helpers.sql
select plan(3);

select open_pot('big');
create function pg_temp.copy_with(p_change text)
returns text
language sql
as $$
    select format(
        'insert into public.pots_audit '
        '(pot_id, seq, action, actor_id, metadata, created_at, payload, payload_hash, prev_hash, '
        'row_hash) '
        'select r.pot_id, r.seq, r.action, r.actor_id, r.metadata, r.created_at, r.payload, '
        'r.payload_hash, r.prev_hash, r.row_hash '
        'from public.pots_audit as a '
        'cross join jsonb_populate_record(a, %L) as r',
        p_change
    )
$$;
select throws_ok(
    pg_temp.copy_with(format('{"row_hash": "%s"}', repeat('1', 64))), '23505',
    'duplicate key value violates unique constraint "pots_audit_pot_seq_key"', 'a second row 1'
);
select throws_ok(
    pg_temp.copy_with('{"seq": 2}'), '23505',
    'duplicate key value violates unique constraint "pots_audit_row_hash_key"',
    'the same hash again'
);
select throws_ok(
    pg_temp.copy_with(format('{"seq": 2, "action": "x", "row_hash": "%s"}', repeat('1', 64))),
    '23514', null, 'an unknown action'
);

select * from finish();
rollback;
