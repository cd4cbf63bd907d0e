-- kid names purpose and key; the same again changes nothing, the same key for another purpose is
-- another kid.

begin;
\ir ../support/helpers.sql
select plan(9);

select look_at_tables();
create temporary table answer on commit drop as
select rpc('service_role', 'register_signing_key', jsonb_build_object(
    'purpose', p.purpose, 'public_key', public_key('stranger')
)) as body, p.purpose
from unnest('{orchestrator,settlement,beacon}'::text[]) as p (purpose);
select is(
    changed_tables(), '{private.actors,private.events,private.signing_keys}', 'what it writes'
);
select is(
    a.body,
    jsonb_build_object('kid', left(encode(sha256(
        convert_to('pots/kid/v1', 'UTF8') || '\x00' || convert_to(a.purpose, 'UTF8') || '\x00'
        || decode(public_key('stranger'), 'hex')
    ), 'hex'), 16)),
    'the kid for ' || a.purpose
)
from answer as a;
select look_at_tables();
select is(
    rpc('service_role', 'register_signing_key', jsonb_build_object(
        'purpose', a.purpose, 'public_key', public_key('stranger')
    )),
    a.body, a.purpose || ' again'
)
from answer as a;
select is(changed_tables(), '{}', 'changes nothing');
select is(
    (select count(*) from private.events as e where e.kind = 'signing_key_registered'), 3::bigint,
    'three events'
);

select * from finish();
rollback;
