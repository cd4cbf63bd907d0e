-- Whoever writes, and by whatever way: a value that no entry and no transfer may have is refused,
-- and what is at the border is not.

begin;
\ir ../support/helpers.sql
select plan(33);

select make_user('ann', 100);
select open_pot('big');
select join_pot('ann', 'big', 1);

-- One more entry like the one there is, but for these columns.
create function pg_temp.write_entry(p_change jsonb)
returns void
language sql
as $$
    insert into public.pot_entries
    overriding system value
    select (jsonb_populate_record(e, jsonb_build_object(
        'id', gen_random_uuid(), 'seq', e.seq + 1000
    ) || p_change)).*
    from public.pot_entries as e
    limit 1
$$;

create function pg_temp.write_transfer(p_row jsonb)
returns void
language sql
as $$
    insert into private.transfers (kind, pot_id, entry_id, amount, created_at)
    select t.kind, t.pot_id, t.entry_id, t.amount, clock_timestamp()
    from jsonb_populate_record(null::private.transfers, '{"amount": 1}'::jsonb || p_row) as t
$$;

select throws_ok(
    format('select pg_temp.write_entry(%L)', jsonb_build_object(c.name, c.value)),
    '23514', null, format('%s %s', c.name, left(c.value::text, 20))
)
from (
    values
    ('salt', to_jsonb(repeat('a', 63))),
    ('salt', to_jsonb(repeat('a', 66))),
    ('salt', to_jsonb(repeat('A', 64))),
    ('salt', to_jsonb(repeat('a', 62) || '  ')),
    ('entrant_tag', to_jsonb(repeat('a', 62))),
    ('entrant_tag', to_jsonb(repeat('F', 64))),
    ('ip_hash', to_jsonb(repeat('a', 62))),
    ('ip_hash', to_jsonb(repeat('F', 64))),
    ('device_hash', to_jsonb(repeat('a', 62))),
    ('device_hash', to_jsonb(repeat('F', 64))),
    ('correlation_id', to_jsonb(''::text)),
    ('correlation_id', to_jsonb(repeat('c', 201))),
    ('credits_spent', to_jsonb(0)),
    ('credits_spent', to_jsonb(9007199254740992)),
    ('region', to_jsonb('de'::text)),
    ('region', to_jsonb('DEU'::text)),
    ('first_ticket', to_jsonb(-1)),
    ('ticket_count', to_jsonb(0))
) as c (name, value);
select lives_ok(
    format('select pg_temp.write_entry(%L)', c.change), c.description
)
from (
    values
    (
        jsonb_build_object(
            'ip_hash', null, 'device_hash', null, 'correlation_id', null, 'region', null
        ),
        'of an entry that was forgotten nothing is left'
    ),
    (
        jsonb_build_object(
            'credits_spent', 9007199254740991, 'first_ticket', 0, 'region', 'T1',
            'correlation_id', repeat('c', 200)
        ),
        'as much as JSON can tell'
    )
) as c (change, description);

select throws_ok(
    format('select pg_temp.write_transfer(%L)', c.row), '23514', null, c.row::text
)
from (
    values
    ('{"kind": "gift", "pot_id": "00000000-0000-0000-0000-000000000001"}'::jsonb),
    ('{"kind": "grant", "amount": 0}'),
    ('{"kind": "grant", "amount": 9007199254740992}'),
    ('{"kind": "grant", "pot_id": "00000000-0000-0000-0000-000000000001"}'),
    ('{"kind": "payout"}'),
    ('{"kind": "join", "pot_id": "00000000-0000-0000-0000-000000000001"}'),
    ('{"kind": "refund", "pot_id": "00000000-0000-0000-0000-000000000001"}'),
    (
        '{"kind": "payout", "pot_id": "00000000-0000-0000-0000-000000000001",'
        ' "entry_id": "00000000-0000-0000-0000-000000000002"}'
    ),
    (
        '{"kind": "grant", "pot_id": null, "entry_id": "00000000-0000-0000-0000-000000000002"}'
    )
) as c (row);
select lives_ok(
    format('select pg_temp.write_transfer(%L)', c.row), c.row::text
)
from (
    values
    ('{"kind": "grant", "amount": 9007199254740991}'::jsonb),
    (
        '{"kind": "join", "pot_id": "00000000-0000-0000-0000-000000000001",'
        ' "entry_id": "00000000-0000-0000-0000-000000000002"}'
    ),
    (
        '{"kind": "refund", "pot_id": "00000000-0000-0000-0000-000000000001",'
        ' "entry_id": "00000000-0000-0000-0000-000000000002"}'
    ),
    ('{"kind": "payout", "pot_id": "00000000-0000-0000-0000-000000000001"}')
) as c (row);

select * from finish();
rollback;
