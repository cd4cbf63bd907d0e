-- A lease ends with half of the time for a reveal, if that is sooner than claim_lease: who waits
-- for the lease of a signer that died can reveal, and leaves a third one time as well.

begin;
\ir ../support/helpers.sql
select plan(9);

select freeze_time('2023-09-15 10:59:33Z');
select register_keys();
select open_pot('quick', '{"draw_version": 2}');
select bring_to('quick', 'attested');
select is(
    private.json_time(private.reveal_by(
        (pot('quick')).locked_at, '10 minutes',
        (select s.beacon_at from private.pot_states as s where s.pot_id = pot_id('quick'))
    )),
    '2023-09-15T10:59:57.000000Z', 'the reveal of draw 2 has 24 seconds'
);
select is(
    rpc('pot_settlement:one', 'claim_settlement', on_pot('quick')) ->> 'lease_until',
    '2023-09-15T10:59:45.000000Z', 'a lease has 12 of them'
);
select is(
    (
        select a.payload::jsonb -> 'metadata' ->> 'lease_until'
        from public.pots_audit as a
        where a.pot_id = pot_id('quick')
        order by a.seq desc
        limit 1
    ),
    '2023-09-15T10:59:45.000000Z', 'as its chain says'
);
select freeze_time('2023-09-15 10:59:44.999999Z');
select is(rpc('pot_settlement:two', 'claim_settlement'), null, 'another signer waits for that');
select freeze_time('2023-09-15 10:59:45Z');
select is(
    rpc('pot_settlement:two', 'claim_settlement') ->> 'pot_id', pot_id('quick')::text,
    'and has it then'
);
select is(
    rpc('pot_settlement:two', 'claim_settlement') ->> 'lease_until',
    '2023-09-15T10:59:51.000000Z', 'for half of what is left'
);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big');
select bring_to('big', 'attested');
select freeze_time('2030-01-01 12:08:00Z');
select is(
    rpc('pot_settlement:one', 'claim_settlement') ->> 'lease_until',
    '2030-01-01T12:09:00.000000Z', 'two minutes are left: one is the longest lease, and a half'
);
select freeze_time('2030-01-01 12:09:59Z');
select is(
    rpc('pot_settlement:one', 'claim_settlement') ->> 'lease_until',
    '2030-01-01T12:09:59.500000Z', 'a second is left: half a second'
);
select freeze_time('2030-01-01 12:09:59.5Z');
select is(
    rpc('pot_settlement:two', 'claim_settlement') ->> 'lease_until',
    '2030-01-01T12:09:59.750000Z', 'which another one takes over, for a quarter'
);

select * from finish();
rollback;
