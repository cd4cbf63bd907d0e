-- Above its threshold, and not at it, a shared address or device is an alert of the lock, and so is
-- a scan that breaks off; each is open until the pot ends, and the pot goes on.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(10);

select open_pot('family', '{"max_tickets": 7}');
select open_pot('shared', '{"max_tickets": 9}');
select register_keys();
-- Five at one address and two at one device are what the settings allow.
select join_from('at home ' || n, 'family', 1, '192.0.2.7', 'own ' || n) is null
from generate_series(1, 5) as g (n);
select join_from('tablet ' || n, 'family', 1, '192.0.2.1' || n, 'tablet') is null
from generate_series(1, 2) as g (n);
select lock('family') ? 'lock_digest';
select is(open_alerts(), '{}', 'as many as are allowed are no alert');

select join_from('there ' || n, 'shared', 1, '192.0.2.8', 'their own ' || n) is null
from generate_series(1, 6) as g (n);
select join_from('phone ' || n, 'shared', 1, '192.0.2.2' || n, 'one phone') is null
from generate_series(1, 3) as g (n);
select lock('shared') ? 'lock_digest';
select is(
    (
        select jsonb_object_agg(a.kind, a.detail)
        from private.alerts as a
        where a.pot_id = pot_id('shared') and a.closed_at is null
    ),
    '{
        "duplicate_addresses": {"most_players": 6, "shared": 1},
        "duplicate_devices": {"most_players": 3, "shared": 1}
    }', 'one more is an alert of each'
);
select is(
    (select array_agg(m.payload ->> 'kind' order by 1) from messages('alerts') as m),
    '{duplicate_addresses,duplicate_devices}', 'that compliance hears'
);
select attest('shared') is null;
select claim('shared') is null;
select is(
    open_alerts(), '{duplicate_addresses,duplicate_devices}',
    'the look before the reveal opens no second one'
);
select reveal('shared') is null;
select is((pot('shared')).status, 'settled', 'the pot ends');
select is(open_alerts(), '{}', 'and both with it');

select open_pot('unscanned');
select fill('unscanned');
create or replace function private.lone_suspicions(p_pot_id uuid)
returns table (
    user_id uuid, entry_id uuid, kind text, score double precision, evidence jsonb
)
language plpgsql
as $$
begin
    raise division_by_zero;
end $$;
select lock('unscanned') ? 'lock_digest';
select is((pot('unscanned')).status, 'locked', 'a scan that breaks off holds up no lock');
select is(
    (select a.detail from private.alerts as a where a.kind = 'scan_failed'),
    '{"phase": "lock", "sqlstate": "22012"}', 'it is an alert'
);
select is(open_alerts(), '{scan_failed}', 'of its own');
select rpc(
    'pot_compliance:carol', 'void_pot', on_pot('unscanned', '{"reason": "a test"}')
) is null;
select is(open_alerts(), '{}', 'that ends with the pot');

select * from finish();
rollback;
