-- A draw 2 pot has seconds for its reveal where a draw 1 pot has minutes, so a backlog of older
-- draw 1 pots must not make it late.

begin;
\ir ../support/helpers.sql
select plan(2);

select lock_for_the_beacon();
select register_keys();
select open_pot('older');
select bring_to('older', 'attested');
select pass_time('1 second');
select open_pot('urgent', '{"draw_version": 2}');
select bring_to('urgent', 'attested');
select is(
    rpc('pot_settlement:one', 'claim_settlement') ->> 'pot_id', pot_id('urgent')::text,
    'the one whose time ends first'
);
select is(
    rpc('pot_settlement:two', 'claim_settlement') ->> 'pot_id', pot_id('older')::text,
    'then the older one'
);

select * from finish();
rollback;
