-- From open, paused, locked and settling: everyone has everything back, and the escrow is empty.

begin;
\ir ../support/helpers.sql
select plan(11);

select freeze_time('2030-01-01 12:00:00Z');
select register_keys();
select open_pot(p.name) is null from unnest('{open,paused,locked,settling}'::text[]) as p (name);
select fill(p.name) from unnest('{open,paused}'::text[]) as p (name);
select rpc('pot_compliance:carol', 'pause_pot', on_pot('paused', '{"reason": "a look"}'));
select bring_to(p.name, p.name) from unnest('{locked,settling}'::text[]) as p (name);

select is(
    rpc('pot_compliance:carol', 'void_pot', on_pot(p.name, '{"reason": "collusion"}')),
    on_pot(p.name, jsonb_build_object(
        'status', 'cancelled', 'cause', 'voided',
        'commit_hash', b.commit_hash, 'lock_digest', b.lock_digest,
        'total_tickets', b.total_tickets, 'entries_root', b.entries_root,
        'locked_at', private.json_time(b.locked_at),
        'cancelled_at', '2030-01-01T12:00:00.000000Z',
        'entries_refunded', 2, 'credits_refunded', 100
    )),
    p.name || ' is voided'
)
from unnest('{open,paused,locked,settling}'::text[]) as p (name)
cross join pot(p.name) as b;
select is(escrow(p.name), 0::bigint, p.name || ': the escrow is empty')
from unnest('{open,paused,locked,settling}'::text[]) as p (name);
select is(
    (select array_agg(distinct w.balance) from private.wallets as w), '{50}',
    'every player has what was paid'
);
select is(
    chain('settling'), '{created,locked,attested,claimed,voided,cancelled}', 'the chain tells both'
);
select is(
    rpc('anon', 'get_pot', on_pot('settling')) ->> 'cancel_cause', 'voided', 'and so does get_pot'
);

select * from finish();
rollback;
