-- action, actor, reason, metadata and a 16-byte nonce, in RFC 8785 form; so that equal acts hash
-- differently.

begin;
\ir ../support/helpers.sql
select plan(10);

select open_pot('big');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "a look"}'));
select is(
    a.payload::jsonb - 'nonce',
    jsonb_build_object(
        'action', a.action, 'actor', a.actor_id, 'reason', a.reason, 'metadata', a.metadata
    ),
    a.action
)
from public.pots_audit as a
order by a.seq;
select ok(a.payload::jsonb ->> 'nonce' ~ '^[0-9a-f]{32}$', 'with a nonce')
from public.pots_audit as a
order by a.seq;
select is(count(distinct a.payload::jsonb ->> 'nonce'), count(*), 'each its own')
from public.pots_audit as a;
select is(
    a.payload, private.canonical_json(a.payload::jsonb), 'canonical: nothing to choose in its bytes'
)
from public.pots_audit as a
order by a.seq;

select * from finish();
rollback;
