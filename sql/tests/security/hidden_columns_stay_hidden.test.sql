-- What the API's roles may not read answers 42501, whatever rows there are (contract, section 2).
begin;
select plan(17);

set local role anon;
select lives_ok(
    $$ select id, status, commit_hash, reveal_seed from public.pots $$,
    'anon reads the public row of a pot'
);
select throws_ok($$ select winner_user_id from public.pots $$, '42501', null, 'but not who won');
select throws_ok($$ select * from public.pots $$, '42501', null, 'not even by a star');
select throws_ok(
    $$ select count(*) from public.pots where winner_user_id is not null $$,
    '42501', null, 'nor by asking whether'
);
select throws_ok($$ select id from public.pot_entries $$, '42501', null, 'anon reads no entries');
select throws_ok($$ select id from public.pots_audit $$, '42501', null, 'nor the audit');
select throws_ok($$ select * from private.settings $$, '42501', null, 'nor settings');
select throws_ok($$ select * from private.pot_summaries $$, '42501', null, 'nor private views');
select throws_ok($$ select private.now() $$, '42501', null, 'nor calls a helper');
reset role;

set local role authenticated;
select lives_ok(
    $$ select id, ticket_count, salt, first_ticket from public.pot_entries $$,
    'authenticated reads the columns of entries that are the player''s own'
);
select throws_ok($$ select ip_hash from public.pot_entries $$, '42501', null, 'but no ip_hash');
select throws_ok(
    $$ select device_hash from public.pot_entries $$, '42501', null, 'and no device_hash'
);
select throws_ok(
    $$ select winner_user_id from public.pots $$, '42501', null, 'and not who won'
);
select throws_ok($$ select * from private.commitments $$, '42501', null, 'nor commitments');
select throws_ok($$ select * from private.wallets $$, '42501', null, 'nor wallets');
reset role;

set local role service_role;
select throws_ok(
    $$ select * from private.commitments $$, '42501', null, 'service_role reads no commitments'
);
select throws_ok(
    $$ update public.pots set status = 'open' where true $$, '42501', null, 'and writes nothing'
);
reset role;

select * from finish();
rollback;
