-- The holder gets the same pot again, another signer none; when the lease has run out the other one
-- takes over, which the chain tells.

begin;
\ir ../support/helpers.sql
select plan(10);

select freeze_time('2030-01-01 12:00:00Z');
select register_keys();
select open_pot('big');
select bring_to('big', 'attested');
select is(
    rpc('pot_settlement:one', 'claim_settlement') ->> 'pot_id', pot_id('big')::text, 'one has it'
);
select freeze_time('2030-01-01 12:00:30Z');
select is(rpc('pot_settlement:two', 'claim_settlement'), null, 'two gets none');
select refused(
    'pot_settlement:two', 'claim_settlement', on_pot('big'), 'PT409', 'wrong_state',
    '{
        "status": "settling", "attested": true, "scanned": true,
        "leased_until": "2030-01-01T12:01:00.000000Z",
        "reveal_by": "2030-01-01T12:10:00.000000Z"
    }', 'not by name either'
);
select is(
    rpc('pot_settlement:one', 'claim_settlement') ->> 'lease_until',
    '2030-01-01T12:01:30.000000Z', 'one gets it again, for longer'
);
select is(chain('big'), '{created,locked,attested,claimed}', 'which is no new claim');
select freeze_time('2030-01-01 12:01:29.999999Z');
select is(rpc('pot_settlement:two', 'claim_settlement'), null, 'two waits');
select freeze_time('2030-01-01 12:01:30Z');
select is(
    rpc('pot_settlement:two', 'claim_settlement') ->> 'pot_id', pot_id('big')::text,
    'until the lease has run out'
);
select is(chain('big'), '{created,locked,attested,claimed,claimed}', 'a second claim');
select is(rpc('pot_settlement:one', 'claim_settlement'), null, 'now one waits');

select * from finish();
rollback;
