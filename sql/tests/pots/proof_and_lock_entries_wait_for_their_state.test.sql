-- Nothing is numbered before lock, and there is no proof before the end.

begin;
\ir ../support/helpers.sql
select plan(7);

select open_pot('big');
select refused(
    'anon', 'list_lock_entries', on_pot('big'), 'PT409', 'wrong_state', '{"status": "open"}',
    'no lock entries of an open pot'
);
select refused(
    'anon', 'get_proof', on_pot('big'), 'PT409', 'wrong_state', '{"status": "open"}',
    'no proof of an open pot'
);
select bring_to('big', 'settling');
select refused(
    'anon', 'get_proof', on_pot('big'), 'PT409', 'wrong_state', '{"status": "settling"}',
    'no proof of a pot being settled'
);
select is(
    jsonb_array_length(rpc('anon', 'list_lock_entries', on_pot('big'))), 2,
    'the lock entries are there'
);

select * from finish();
rollback;
