-- actor_id is random and the same for one caller; erasing its subject forgets the person and leaves
-- the chain as it was.

begin;
\ir ../support/helpers.sql
select plan(5);

select open_pot('big');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "fine"}'));
select rpc('pot_compliance:dave', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select is(
    (select count(distinct a.actor_id) from public.pots_audit as a), 3::bigint,
    'orchestrator, carol and dave'
);
select ok(
    not exists (
        select
        from public.pots_audit as a
        where a::text like '%' || user_id('carol') || '%'
            or a::text like '%' || user_id('dave') || '%'
    ),
    'no row says who they are'
);
select is(
    (
        select jsonb_agg(n.subject order by a.seq)
        from public.pots_audit as a
        inner join private.actors as n on a.actor_id = n.actor_id
    ),
    jsonb_build_array('role:pot_orchestrator', user_id('carol'), user_id('carol'), user_id('dave')),
    'private.actors does'
);
update private.actors set subject = null where subject = user_id('carol')::text;
select rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "fine"}'));
select is(
    (select count(distinct a.actor_id) from public.pots_audit as a), 4::bigint,
    'a forgotten person gets a new pseudonym'
);
select is(
    (
        select count(*)
        from public.pots_audit as a
        where a.row_hash = encode(private.audit_row_hash(
            'pots', a.pot_id, a.seq, decode(a.prev_hash, 'hex'), a.created_at, a.payload
        ), 'hex')
    ),
    5::bigint, 'and the chain still holds'
);

select * from finish();
rollback;
