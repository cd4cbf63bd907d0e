-- Shape, then login, then existence: for pause, resume and void alike.

begin;
\ir ../support/helpers.sql
select plan(43);

select refused(
    'pot_compliance', f.name, '{"pot_id": null, "reason": ""}', 'PT422', 'invalid_argument',
    '{"argument": "pot_id", "expected": "a value"}', f.name || ' of nothing'
)
from unnest('{pause_pot,resume_pot,void_pot}'::text[]) as f (name);
select refused(
    'pot_compliance', f.name, on_pot('nowhere', jsonb_build_object('reason', f.reason)),
    'PT422', 'invalid_argument', '{"argument": "reason", "expected": "1 to 500 characters"}',
    format('%s for %s', f.name, coalesce(left(f.reason, 5), 'NULL'))
)
from (
    select *
    from unnest('{pause_pot,resume_pot,void_pot}'::text[]) as n (name)
    cross join unnest(array[null, '', '  ', repeat('r', 501)]) as r (reason)
) as f;
select refused(
    'pot_compliance', f.name, on_pot('nowhere', '{"reason": "a look"}'),
    'PT401', 'login_required', '{}', f.name || ' by nobody'
)
from unnest('{pause_pot,resume_pot,void_pot}'::text[]) as f (name);
select refused(
    'pot_compliance:carol', f.name, on_pot('nowhere', '{"reason": "a look"}'),
    'PT404', 'pot_not_found', '{}', f.name || ' of no pot'
)
from unnest('{pause_pot,resume_pot,void_pot}'::text[]) as f (name);
select open_pot('big');
select ok(
    rpc('pot_compliance:carol', 'pause_pot', on_pot('big', jsonb_build_object(
        'reason', repeat('ü', 500)
    ))) ? 'paused_at',
    '500 characters are a reason, and carol needs no row in auth.users'
);

select * from finish();
rollback;
