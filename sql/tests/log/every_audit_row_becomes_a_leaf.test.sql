-- What is appended to any chain waits, and the next checkpoint numbers it: 0, 1, 2 and so on in
-- order, each once, with the row's own hash.

begin;
\ir ../support/helpers.sql
select plan(14);

select is(
    rpc('pot_orchestrator', 'prepare_checkpoint') - 'origin' - 'text',
    '{"size": 0, "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}',
    'a log of nothing has the hash of nothing'
);

select open_pot('one');
select open_pot('two');
select is(
    (select count(*) from private.log_pending), 2::bigint, 'what was appended waits for the log'
);
select is((select count(*) from private.log_leaves), 0::bigint, 'and is not in it yet');
select is(
    (rpc('pot_orchestrator', 'prepare_checkpoint') ->> 'size')::bigint, 2::bigint, 'two leaves'
);
select bring_to('one', 'settled');
select bring_to('two', 'locked');
select is(
    (rpc('pot_orchestrator', 'prepare_checkpoint') ->> 'size')::bigint,
    (select count(*) from public.pots_audit), 'every row is a leaf'
);
select is((select count(*) from private.log_pending), 0::bigint, 'and none waits');
select is(
    (rpc('pot_orchestrator', 'prepare_checkpoint') ->> 'size')::bigint,
    (select count(*) from public.pots_audit), 'preparing again adds none'
);
select is(
    (select array_agg(l.leaf_index order by l.leaf_index) from private.log_leaves as l),
    (select array_agg(n) from generate_series(0, private.log_size() - 1) as g (n)),
    'numbered from 0 without gaps'
);
select is(
    (select array_agg(l.audit_id order by l.leaf_index) from private.log_leaves as l),
    (select array_agg(a.id order by a.id) from public.pots_audit as a),
    'in the order in which they were appended'
);
select is(
    (
        select count(*)
        from private.log_leaves as l
        inner join public.pots_audit as a on l.audit_id = a.id and l.row_hash = a.row_hash
    ),
    private.log_size(), 'each with the hash of its row'
);
select is(
    rpc('anon', 'list_log_leaves', '{"page_size": 3}')
    || rpc('anon', 'list_log_leaves', '{"after": 2, "page_size": 1000}'),
    (
        select jsonb_agg(
            jsonb_build_object(
                'leaf_index', l.leaf_index, 'pot_id', a.pot_id, 'seq', a.seq,
                'row_hash', a.row_hash
            )
            order by l.leaf_index
        )
        from private.log_leaves as l
        inner join public.pots_audit as a on l.audit_id = a.id
    ),
    'anybody lists them in pages'
);
select refused(
    'anon', 'list_log_leaves', '{"page_size": 1001}',
    'PT422', 'invalid_argument', '{"argument": "page_size", "expected": "1 to 1000"}',
    'of at most 1000'
);

insert into private.log_pending (audit_id)
select min(a.id) from public.pots_audit as a;
select throws_ok(
    'select private.sequence_log()', '23505', null, 'no row becomes a leaf a second time'
);

select * from finish();
rollback;
