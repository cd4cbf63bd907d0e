-- After the lock an exclusion would change the draw. Shape, login, existence and state are checked
-- in that order.

begin;
\ir ../support/helpers.sql
select plan(32);

create function pg_temp.excluded(p_entry_id uuid, p_reason text default 'one device')
returns jsonb
language sql
as $$
    select jsonb_build_object('entry_id', p_entry_id, 'reason', p_reason)
$$;
select freeze_time('2030-01-01 12:00:00Z');
select open_pot(n.name, '{"max_tickets": 7, "max_per_user": 3}')
from unnest('{open,locked,settling,settled,void}'::text[]) as n (name);
select make_user('ann', 100);
select join_pot('ann', 'open', 2);
select refused(
    'pot_compliance', 'exclude_entry', pg_temp.excluded(null), 'PT422', 'invalid_argument',
    '{"argument": "entry_id", "expected": "a value"}', 'no entry'
);
select refused(
    'pot_compliance', 'exclude_entry', pg_temp.excluded(entry_id('ann', 'open'), r.reason),
    'PT422', 'invalid_argument', '{"argument": "reason", "expected": "1 to 500 characters"}',
    'no reason'
)
from unnest(array[null, ' ', repeat('x', 501)]) as r (reason);
select refused(
    'pot_compliance', 'exclude_entry', pg_temp.excluded(entry_id('ann', 'open')), 'PT401',
    'login_required', '{}', 'nobody in person'
);
select refused(
    'pot_compliance:carol', 'exclude_entry', pg_temp.excluded(pot_id('open')), 'PT404',
    'entry_not_found', '{}', 'an unknown entry'
);
select query_refused(
    'ann', format('select public.exclude_entry(%L, ''me'')', entry_id('ann', 'open')),
    'permission denied for function exclude_entry', 'a player'
);
select bring_to('locked', 'locked');
select bring_to('settling', 'settling');
select bring_to('settled', 'settled');
select refused(
    'pot_compliance:carol', 'exclude_entry',
    pg_temp.excluded(entry_id(n.name || ' 1', n.name)), 'PT409', 'wrong_state',
    jsonb_build_object('status', n.name, 'cancelled', false), n.name
)
from unnest('{locked,settling,settled}'::text[]) as n (name);
select fill('void');
select rpc('pot_compliance:carol', 'void_pot', on_pot('void', '{"reason": "bad"}'));
select refused(
    'pot_compliance:carol', 'exclude_entry', pg_temp.excluded(entry_id('void 1', 'void')), 'PT409',
    'wrong_state', '{"status": "cancelled", "cancelled": false}', 'refunded with its pot'
);
select cancel_entry('ann', 'open');
select refused(
    'pot_compliance:carol', 'exclude_entry', pg_temp.excluded(entry_id('ann', 'open')), 'PT409',
    'wrong_state', '{"status": "open", "cancelled": true}', 'taken back by its player'
);
select ok(join_pot('ann', 'open', 1) ? 'entry_id', 'who may join again');
select is(
    rpc('pot_compliance:carol', 'exclude_entry', pg_temp.excluded(entry_id('ann', 'open')))
        ->> 'credits_refunded', '10', 'and be excluded then'
);
select refused(
    'pot_compliance:dave', 'exclude_entry', pg_temp.excluded(entry_id('ann', 'open')), 'PT409',
    'wrong_state', '{"status": "open", "cancelled": true}', 'but not by a second person'
);
-- Past its deadline a pot that is not locked yet is open to compliance.
select make_user('bob', 100);
select join_pot('bob', 'open', 2);
select pass_time('1 hour');
select is(
    rpc('pot_compliance:carol', 'exclude_entry', pg_temp.excluded(entry_id('bob', 'open')))
        ->> 'credits_refunded', '20', 'also past the deadline'
);
select is(escrow('open'), 0::bigint, 'nothing is left in it');
select throws_ok(
    'delete from private.exclusions where true', '42501', 'private.exclusions is append-only',
    'an exclusion is kept'
);
select throws_ok(
    'update private.exclusions set created_at = now() where true', '42501',
    'private.exclusions is append-only', 'as it was'
);
select is(
    rpc('pot_orchestrator', 'lock_pot', on_pot('open')) ->> 'cause', 'lack_of_players',
    'and its pot is cancelled for want of players'
);

select * from finish();
rollback;
