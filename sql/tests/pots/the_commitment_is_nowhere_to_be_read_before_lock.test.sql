-- commit_hash of an open pot is in schema private alone; its tag is public, and binds it.

begin;
\ir ../support/helpers.sql
select plan(4);

select open_pot('big');
select is((pot('big')).commit_hash, null, 'not in the row of the pot');
select ok(
    concat(
        rpc('anon', 'list_pots'), rpc('anon', 'get_pot', on_pot('big')),
        rpc('anon', 'get_audit_chain', on_pot('big')),
        (select jsonb_agg(m.payload) from realtime.messages as m)
    ) not like '%' || commit_hash('big') || '%',
    'in no answer and no broadcast'
);
select fill('big');
select lock('big');
select is((pot('big')).commit_hash, commit_hash('big'), 'published by the lock');
select is(
    (pot('big')).commit_tag,
    encode(sha256(
        convert_to('pots/commit-tag/v1', 'UTF8') || '\x00' || uuid_send(pot_id('big'))
        || decode((pot('big')).commit_hash, 'hex')
    ), 'hex'),
    'and it is what the tag promised'
);

select * from finish();
rollback;
