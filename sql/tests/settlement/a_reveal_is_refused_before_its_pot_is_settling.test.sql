-- Malformed, unknown, open, locked or attested only: nothing is even compared.

begin;
\ir ../support/helpers.sql
select plan(23);

select register_keys();
select open_pot('big');
create function pg_temp.not_yet(p_status text)
returns setof text
language sql
as $$
    select refused(
        'pot_settlement', 'reveal_pot', on_pot('big', jsonb_build_object(
            'reveal_seed', seed('big'), 'settlement_signature', repeat('0', 128)
        )),
        'PT409', 'wrong_state', jsonb_build_object('status', p_status), p_status
    )
$$;
select refused(
    'pot_settlement', 'reveal_pot', jsonb_build_object(
        'pot_id', pot_id('nowhere'), 'reveal_seed', seed('big'),
        'settlement_signature', repeat('0', 128)
    ) || jsonb_build_object(c.argument, c.value),
    'PT422', 'invalid_argument', jsonb_build_object('argument', c.argument, 'expected', c.expected),
    c.argument || ' ' || coalesce(left(c.value, 3), 'NULL')
)
from (values
    ('pot_id', null, 'a value'),
    ('reveal_seed', null, '64 lower-case hex digits'),
    ('reveal_seed', repeat('0', 63), '64 lower-case hex digits'),
    ('reveal_seed', repeat('F', 64), '64 lower-case hex digits'),
    ('reveal_seed', '\x' || repeat('0', 62), '64 lower-case hex digits'),
    ('settlement_signature', null, '128 lower-case hex digits'),
    ('settlement_signature', repeat('0', 130), '128 lower-case hex digits')
) as c (argument, value, expected);
select refused(
    'pot_settlement', 'reveal_pot', jsonb_build_object(
        'pot_id', pot_id('nowhere'), 'reveal_seed', seed('big'),
        'settlement_signature', repeat('0', 128)
    ),
    'PT404', 'pot_not_found', '{}', 'unknown'
);
select pg_temp.not_yet('open');
select bring_to('big', 'locked');
select pg_temp.not_yet('locked');
select attest('big');
select pg_temp.not_yet('locked');
select is((pot('big')).reveal_seed, null, 'no seed is kept');

select * from finish();
rollback;
