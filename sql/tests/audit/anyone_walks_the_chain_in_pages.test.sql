-- get_audit_chain is for everybody, in order of seq, and after_seq goes on from there.

begin;
\ir ../support/helpers.sql
select plan(4);

select open_pot('big');
select bring_to('big', 'settled');
select is(
    (
        select array_agg(r.link ->> 'action' order by r.place)
        from jsonb_array_elements(rpc('anon', 'get_audit_chain', on_pot('big')))
            with ordinality as r (link, place)
    ),
    '{created,locked,attested,claimed,revealed,settled}', 'all of it'
);
select is(
    rpc('anon', 'get_audit_chain', on_pot('big', '{"page_size": 4}'))
    || rpc('anon', 'get_audit_chain', on_pot('big', '{"page_size": 4, "after_seq": 4}')),
    rpc('ann', 'get_audit_chain', on_pot('big')), 'two pages make the whole'
);
select is(rpc('anon', 'get_audit_chain', on_pot('big', '{"after_seq": 6}')), '[]', 'and no more');
select is(
    array(
        select jsonb_object_keys(rpc('anon', 'get_audit_chain', on_pot('big')) -> 0) order by 1
    ),
    '{action,created_at,payload,payload_hash,prev_hash,row_hash,seq}', 'the documented fields'
);

select * from finish();
rollback;
