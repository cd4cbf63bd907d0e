-- Shape, login, existence; then live entries, a held payout, a review, money.

begin;
\ir ../support/helpers.sql
select plan(28);

create function pg_temp.erasure(p_player text, p_more jsonb default '{}')
returns jsonb
language sql
as $$
    select jsonb_build_object('user_id', user_id(p_player), 'reason', 'asked to be') || p_more
$$;

select make_user('ann', 100);
select make_user('ben');
select refused(
    'pot_compliance', 'erase_player', pg_temp.erasure('ann', '{"reason": " "}'),
    'PT422', 'invalid_argument', '{"argument": "reason", "expected": "1 to 500 characters"}',
    'for no reason'
);
select refused(
    'pot_compliance', 'erase_player', pg_temp.erasure('ann'), 'PT401', 'login_required', '{}',
    'by nobody'
);
select refused(
    'pot_compliance:carol', 'erase_player', pg_temp.erasure('nobody'),
    'PT422', 'invalid_argument', '{"argument": "user_id", "expected": "a player"}', 'nobody known'
);
select refused(
    'pot_compliance:carol', 'erase_player', pg_temp.erasure('ann'),
    'PT409', 'wrong_state', '{"reason": "balance", "balance": 100}', 'with credits'
);
select open_pot('big');
select join_pot('ann', 'big', 1);
select refused(
    'pot_compliance:carol', 'erase_player', pg_temp.erasure('ann', '{"forfeit": true}'),
    'PT409', 'wrong_state', '{"reason": "live_entries", "entries": 1}', 'in an open pot'
);
select bring_to('big', 'locked');
select refused(
    'pot_compliance:carol', 'erase_player', pg_temp.erasure('ann', '{"forfeit": true}'),
    'PT409', 'wrong_state', '{"reason": "live_entries", "entries": 1}', 'in a locked pot'
);
select rpc('pot_compliance:carol', 'void_pot', on_pot('big', '{"reason": "a test"}'));
insert into private.flags (
    pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
)
values (
    pot_id('big'), user_id('ann'), 'shared_ip', 0.9, '{}', 'join', 'hold', private.now(),
    private.now()
);
select refused(
    'pot_compliance:carol', 'erase_player', pg_temp.erasure('ann', '{"forfeit": true}'),
    'PT409', 'wrong_state', '{"reason": "under_review", "flags": 1}', 'while somebody looks'
);
select is(
    rpc('ann', 'request_erasure') -> 'obstacle',
    jsonb_build_object('reason', 'balance', 'balance', 100),
    'ann, who asks, hears of her credits, as everybody does'
);
select is(
    rpc('pot_compliance:carol', 'list_erasures', '{"waiting": true}') -> 0 -> 'obstacle',
    '{"reason": "under_review", "flags": 1}', 'compliance of the review'
);
update private.flags
set status = 'cleared', reviewed_by = gen_random_uuid(), reviewed_at = private.now();
select ok(
    rpc('pot_compliance:carol', 'erase_player', pg_temp.erasure('ann', '{"forfeit": true}'))
    ? 'erased_at', 'then she is'
);
select ok(
    rpc('pot_compliance:carol', 'erase_player', pg_temp.erasure('ben')) ? 'erased_at',
    'and so is ben, who never played'
);
select is(
    rpc('pot_compliance:carol', 'list_erasures', jsonb_build_object(
        'after', s.list -> 0 -> 'user_id'
    )),
    jsonb_build_array(s.list -> 1), 'whose list goes on after the one that was last'
)
from rpc('pot_compliance:carol', 'list_erasures') as s (list);
select refused(
    'pot_compliance:carol', 'list_erasures', jsonb_build_object('after', user_id('cid')),
    'PT422', 'invalid_argument', '{"argument": "after", "expected": "a user_id of the list"}',
    'and after nobody else'
);

-- Of a held prize everybody in the pot may get a part, so nobody in it is forgotten yet.
select open_pot('held', '{"max_tickets": 6, "max_per_user": 3}');
select make_user('cid', 30);
select make_user('dee', 30);
select join_pot('cid', 'held', 3);
select join_pot('dee', 'held', 3);
select bring_to('held', 'settling');
create temporary table flags on commit drop as
select
    flag(winner('held'), 'held') as one,
    case winner('held') when user_id('cid') then 'dee' else 'cid' end as other;
select reveal('held');
select refused(
    'pot_compliance:carol', 'erase_player',
    pg_temp.erasure(f.other, '{"forfeit": true}'), 'PT409', 'wrong_state',
    jsonb_build_object('reason', 'payout_held', 'pot_id', pot_id('held')),
    'whose pot has its prize held, though another won'
)
from flags as f;
select is(review('carol', f.one, 'clear') ->> 'payout', 'paid', 'once it is released')
from flags as f;
select ok(
    rpc('pot_compliance:carol', 'erase_player', pg_temp.erasure(f.other, '{"forfeit": true}'))
    ? 'erased_at', 'the other is forgotten'
)
from flags as f;
select query_refused(
    c.caller, 'select public.erase_player(gen_random_uuid(), ''x'')',
    'permission denied for function erase_player', c.caller || ' forgets nobody'
)
from unnest('{ann,pot_orchestrator,pot_treasury}'::text[]) as c (caller);

select * from finish();
rollback;
