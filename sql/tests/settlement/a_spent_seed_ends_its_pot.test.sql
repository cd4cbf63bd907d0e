-- A pot whose seed was shown for a lock that the database has lost is refunded, in public.

begin;
\ir ../support/helpers.sql
select plan(21);

select register_keys();
select open_pot('big');
select open_pot('paused');
select open_pot('again');
select open_pot('mid');
select open_pot('other');
select bring_to('again', 'settling');
select bring_to('mid', 'locked');
select bring_to('other', 'settled');
select make_user('alice', 1000);
select join_pot('alice', 'big', 2);
select join_pot('alice', 'paused', 2);
select rpc('pot_compliance:carol', 'pause_pot', on_pot('paused', '{"reason": "a look"}'));

create function pg_temp.spent(p_name text, p_more jsonb default '{}')
returns jsonb
language sql
volatile
as $$
    select on_pot(p_name, jsonb_build_object(
        'reveal_seed', seed(p_name), 'lock_digest', repeat('ab', 32)
    ) || p_more);
$$;

select is(
    rpc('pot_settlement', 'report_spent_seed', pg_temp.spent(p.name)) ->> 'cause',
    'seed_spent', p.name || ': refunded'
)
from unnest('{big,paused,again}'::text[]) as p (name);
select is((pot(p.name)).status, 'cancelled', p.name || ': cancelled')
from unnest('{big,paused,again}'::text[]) as p (name);
select is(
    array[escrow('big'), escrow('paused'), escrow('again')], '{0,0,0}',
    'and nothing is left in escrow'
);
select is(chain('again'), '{created,locked,attested,claimed,cancelled}', 'the chain says no seed');
select is(open_alerts(), '{seed_spent,seed_spent,seed_spent}', 'somebody has to look');
select is(
    rpc('pot_settlement', 'report_spent_seed', pg_temp.spent('big')) ->> 'cause', 'seed_spent',
    'told again: the first answer'
);
select is(
    rpc('anon', 'fairness_stats') #> '{draws,0,aborts}',
    '{"voided": 0, "reveal_overdue": 0, "seed_spent": 3}', 'each counts as aborted'
);

-- What must not be ended so.
select refused(
    'pot_settlement', 'report_spent_seed',
    pg_temp.spent('mid', jsonb_build_object('lock_digest', (pot('mid')).lock_digest)),
    'PT409', 'wrong_state', '{"status": "locked", "reason": "locked"}',
    'a pot that is locked as stated is to be revealed'
);
select refused(
    'pot_settlement', 'report_spent_seed', pg_temp.spent('other'),
    'PT409', 'wrong_state', '{"status": "settled", "reason": "ended"}',
    'a settled pot stays settled'
);
select refused(
    'pot_settlement', 'report_spent_seed',
    pg_temp.spent('mid', '{"lock_digest": "AB"}'), 'PT422', 'invalid_argument',
    '{"argument": "lock_digest", "expected": "64 lower-case hex digits"}', 'not a digest'
);
select turned_away(
    'pot_settlement', 'report_spent_seed',
    pg_temp.spent('mid', jsonb_build_object('reveal_seed', repeat('11', 32))),
    'PT422', 'reveal_mismatch', '{}',
    '{pots_audit,private.alerts,private.events,private.log_pending,private.pot_states,'
    'realtime.messages}',
    'without the seed, nobody ends a pot'
);
select is((pot('mid')).status, 'locked', 'which goes on');
select is(
    rpc('pot_settlement', 'report_spent_seed', pg_temp.spent('mid')) ->> 'cause', 'seed_spent',
    'a lock other than the one the seed was shown for'
);

select * from finish();
rollback;
