-- A rotation is for pots to come; entries of one pot compare whenever they were made. A pepper that
-- no open pot uses is destroyed once it is retired.

begin;
\ir ../support/helpers.sql
select plan(20);

-- A sequence remembers what a test before this one rolled back.
alter table private.peppers alter column id restart with 2;
select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 1000);
select make_user('bob', 1000);
select open_pot('old', '{"max_tickets": 2, "max_per_user": 2}');
select headers('{"cf-connecting-ip": "203.0.113.7", "x-device-id": "phone"}');
select join_pot('ann', 'old');
create temporary table first_pepper on commit drop as select * from private.peppers;

select is(
    rpc('pot_compliance:carol', 'rotate_pepper', '{"reason": "each quarter", "overlap_days": 0}'),
    '{"pepper_id": 2, "retired": 1, "destroyed": []}', 'rotated'
);
select open_pot('new', '{"max_tickets": 2, "max_per_user": 2}');
select join_pot('ann', 'new');
select join_pot('bob', 'old');
select is(
    array_agg(s.pepper_id order by s.pepper_id), '{1,2}', 'each pot has the pepper of its opening'
)
from private.pot_states as s;
select is(
    (select count(distinct e.ip_hash || e.device_hash) from public.pot_entries as e
    where e.pot_id = pot_id('old')),
    1::bigint, 'entries of one pot compare'
);
select is(
    (select count(distinct e.ip_hash) from public.pot_entries as e), 2::bigint,
    'those of pots before and after do not'
);
select is(
    (select jsonb_agg(e.data) from private.events as e where e.kind = 'pepper_rotated'),
    '[{
        "before": 1, "after": 2, "destroyed": [], "reason": "each quarter", "overlap_days": 0
    }]', 'on record'
);
select is(
    (select array_agg(octet_length(p.secret) order by p.id) from private.peppers as p),
    '{32,32}', 'both are kept while both are used'
);
select isnt(
    (select p.secret from private.peppers as p where p.id = 2),
    (select p.secret from first_pepper as p), 'and differ'
);

select lock('old');
select is(
    rpc('service_role', 'rotate_pepper', '{"reason": "again", "overlap_days": 0}'),
    '{"pepper_id": 3, "retired": 2, "destroyed": [1]}',
    'by the operator too; what no open pot uses is destroyed'
);
select is(
    (
        select jsonb_agg(jsonb_build_array(
            p.secret is null, p.retired_at is not null, p.destroyed_at
        ) order by p.id)
        from private.peppers as p
    ),
    '[[true, true, "2030-01-01T12:00:00+00:00"], [false, true, null], [false, false, null]]',
    'and only that'
);
select ok(
    join_pot('bob', 'new') ? 'entry_id', 'a pot on a retired one sells on'
);
select is(
    (select count(distinct e.ip_hash) from public.pot_entries as e
    where e.pot_id = pot_id('new')),
    1::bigint, 'under the same hash'
);
select throws_ok(
    $$ select private.pepper_secret(1) $$, 'P0002', 'a pepper is gone', 'the first is gone'
);

-- A pot whose pepper is gone sells nothing: its limits could not be kept.
savepoint lost;
update private.peppers set secret = null, destroyed_at = now(), retired_at = now() where id = 2;
update private.pot_states set pepper_id = 2 where true;
select open_pot('next');
update private.pot_states set pepper_id = 2 where pot_id = pot_id('next');
select refused(
    'ann', 'join_pot', on_pot('next', '{"ticket_count": 1}'), 'PT503', 'busy', '{}',
    'no join under a lost pepper'
);
rollback to lost;

select refused(
    'pot_compliance:carol', 'rotate_pepper', '{"reason": " "}', 'PT422', 'invalid_argument',
    '{"argument": "reason", "expected": "1 to 500 characters"}', 'without a reason'
);
select refused(
    'pot_compliance', 'rotate_pepper', '{"reason": "x"}', 'PT401', 'login_required', '{}',
    'compliance has a name'
);
select query_refused(
    'ann', $$ select to_jsonb(rotate_pepper('x')) $$,
    'permission denied for function rotate_pepper', 'players rotate nothing'
);
select throws_ok(
    $$ delete from private.peppers where true $$, '42501', 'private.peppers is append-only',
    'no pepper is deleted'
);

select * from finish();
rollback;
