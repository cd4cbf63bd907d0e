-- What the chain and the outbox keep of a reason they keep for ever, so what tells by itself who
-- somebody is does not get in. Numbers of cases, dates and times do.

begin;
\ir ../support/helpers.sql
select plan(55);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big');

select refused(
    'pot_compliance:carol', 'pause_pot', on_pot('big', jsonb_build_object('reason', r.reason)),
    'PT422', 'invalid_argument', jsonb_build_object(
        'argument', 'reason', 'expected',
        'no e-mail address, phone number, network address or id of anybody: it is for good'
    ), r.reason
)
from unnest(array[
    'ann.b+pots@example.org asked', 'it is ANN@EXAMPLE.ORG', 'called +43 660 1234567',
    'on (0660) 123 4567', 'from 0043/6601234567', 'from 203.0.113.7, again',
    'from [2001:db8:0:1::7]', 'is 6F1C0A3E-0000-4000-8000-0123456789ab'
]) as r (reason);
select lives_ok(
    format('select private.require_reason(%L)', r.reason), r.reason
)
from unnest(array[
    'case 4711', 'since 2030-01-01 12:00:00', 'from 01.02.2030 to 03.02.2030',
    '12:00 to 12:30:15', '01-02-2030 11:30', 'a score of 0.951', '10000000 credits',
    'see @legal', 'rule 1.2.3',
    'order 2030/000123', 'ring of 3, 14 pots, 100% of the cap'
]) as r (reason);

-- Every act whose reason is for good asks; each is broken once by the same address.
select refused(
    'pot_compliance:carol', f.name, f.arguments || '{"reason": "ann@example.org"}',
    'PT422', 'invalid_argument', jsonb_build_object(
        'argument', 'reason', 'expected',
        'no e-mail address, phone number, network address or id of anybody: it is for good'
    ), f.name
)
from (values
    ('resume_pot', on_pot('big')), ('void_pot', on_pot('big')),
    ('exclude_entry', jsonb_build_object('entry_id', pot_id('big'))),
    ('review_flag', jsonb_build_object('flag_id', pot_id('big'), 'decision', 'clear')),
    ('set_flag_policy', '{"kind": "test_kind", "effect": "hold", "min_score": 0.5}'),
    (
        'set_guard_rail',
        '{"scope": "global", "scope_id": null, "rule": "joins_per_minute", "value": 5}'
    ),
    ('set_staff', jsonb_build_object('user_id', user_id('ann'), 'staff', true)),
    ('rotate_pepper', '{}'), ('set_retention', '{}'),
    ('erase_player', jsonb_build_object('user_id', user_id('ann'), 'forfeit', false)),
    ('export_pot', on_pot('big'))
) as f (name, arguments);
select refused(
    'service_role', f.name, f.arguments || '{"reason": "ann@example.org"}',
    'PT422', 'invalid_argument', jsonb_build_object(
        'argument', 'reason', 'expected',
        'no e-mail address, phone number, network address or id of anybody: it is for good'
    ), f.name
)
from (values
    ('revoke_signing_key', '{"kid": "0123456789abcdef"}'::jsonb),
    ('set_officer', jsonb_build_object('user_id', user_id('ann'), 'officer', true))
) as f (name, arguments);
-- Kept where it can be forgotten, and not asked.
select private.raise_alert('low_stock', null, '{"left": 1}');
select is(
    rpc('pot_compliance:carol', 'ack_alert', jsonb_build_object(
        'alert_id', a.alert_id, 'reason', 'ann@example.org called'
    )) ->> 'kind',
    'low_stock', 'the reason of who looks after an alert may say it'
)
from private.alerts as a
where a.kind = 'low_stock';
-- A function that writes a reason into the chain or the outbox and does not ask is found here.
select set_eq(
    $$
        select p.proname
        from pg_proc as p
        where p.pronamespace = 'private'::regnamespace
            and p.prosrc ~ 'require_text\(''reason'''
    $$,
    $$ values ('require_reason'::name), ('ack_alert'), ('grant_credits') $$,
    'but for the books, in which treasury names an order'
);

select * from finish();
rollback;
