-- Own leases first, then by the end of the time for a reveal; nothing due is NULL.

begin;
\ir ../support/helpers.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
select register_keys();
select is(rpc('pot_settlement', 'claim_settlement'), null, 'nothing due');
select open_pot('first');
select bring_to('first', 'attested');
select pass_time('1 second');
select open_pot('second');
select bring_to('second', 'attested');
select is(
    rpc('pot_settlement:one', 'claim_settlement') ->> 'pot_id', pot_id('first')::text, 'the oldest'
);
select is(
    rpc('pot_settlement:two', 'claim_settlement') ->> 'pot_id', pot_id('second')::text, 'the next'
);
select is(
    rpc('pot_settlement:two', 'claim_settlement') ->> 'pot_id', pot_id('second')::text,
    'each gets its own again'
);
select is(rpc('pot_settlement:three', 'claim_settlement'), null, 'and a third none');
select freeze_time('2030-01-01 12:10:00Z');
select is(
    rpc('pot_settlement:three', 'claim_settlement') ->> 'pot_id', pot_id('second')::text,
    'one whose reveal would come too late is not claimed'
);
select refused(
    'pot_settlement:three', 'claim_settlement', on_pot('first'), 'PT409', 'wrong_state',
    '{
        "status": "settling", "attested": true, "scanned": true,
        "leased_until": "2030-01-01T12:01:01.000000Z",
        "reveal_by": "2030-01-01T12:10:00.000000Z"
    }', 'not by name either'
);

select * from finish();
rollback;
