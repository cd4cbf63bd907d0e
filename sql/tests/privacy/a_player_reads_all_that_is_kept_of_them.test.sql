-- my_data: account, entries, ledger, events, decided flags; in pages, and nobody else's.

begin;
\ir ../support/helpers.sql
select plan(23);

create function pg_temp.mine(p_part text, p_more jsonb default '{}')
returns jsonb
language sql
as $$
    select rpc('ann', 'my_data', jsonb_build_object('part', p_part) || p_more)
$$;
select freeze_time('2030-01-01 12:00:00Z');
select headers('{"cf-connecting-ip": "192.0.2.1", "x-correlation-id": "call 1"}');
select make_user('ann', 100);
select make_user('ben', 100);
select open_pot('big');
select join_pot('ann', 'big', 1);
select join_pot('ben', 'big', 1);
select join_pot('ann', 'big', 2);
insert into private.flags (
    pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
)
select
    pot_id('big'), user_id('ann'), k.kind, 0.5, '{"others": "ben"}', 'join', 'note', private.now(),
    private.now()
from unnest('{open_one,closed_one}'::text[]) as k (kind);
update private.flags
set
    status = 'cleared', reviewed_by = gen_random_uuid(), reviewed_at = private.now(),
    reason = 'plays with ben'
where kind = 'closed_one';
select rpc('ann', 'request_erasure');

select is(
    (pg_temp.mine('account') #> '{rows,0}') - '{pseudonym,elsewhere,play_limits}'::text[],
    jsonb_build_object(
        'user_id', user_id('ann'), 'account_created_at', null,
        'wallet', jsonb_build_object(
            'balance', 70, 'version', 3, 'opened_at', '2030-01-01T12:00:00.000000Z'
        ),
        'play_breaks', null, 'staff', false, 'handle', null,
        'erasure_requested_at', '2030-01-01T12:00:00.000000Z',
        'kept_for', '{"network_days": 90, "key_days": 30, "evidence_days": 365}'::jsonb
    ),
    'the account'
);
select is(
    (
        select jsonb_agg(jsonb_build_array(
            r -> 'ticket_count', r -> 'address_kept', r -> 'device_kept', r -> 'correlation_id'
        ))
        from jsonb_array_elements(pg_temp.mine('entries') -> 'rows') as r
    ),
    '[[1, true, false, "call 1"], [2, true, false, "call 1"]]',
    'the entries, and what is kept of where they came from'
);
select is(
    (
        select jsonb_agg(jsonb_build_array(r -> 'kind', r -> 'amount', r -> 'balance_after'))
        from jsonb_array_elements(pg_temp.mine('ledger') -> 'rows') as r
    ),
    '[["grant", 100, 100], ["join", -10, 90], ["join", -20, 70]]', 'the ledger'
);
select ok(
    pg_temp.mine('events') -> 'rows' @> '[
        {"kind": "erasure_requested", "correlation_id": "call 1"}
    ]',
    'the events of her own doing'
);
select is(
    (
        select jsonb_agg(r - 'pot_id')
        from jsonb_array_elements(pg_temp.mine('flags') -> 'rows') as r
    ),
    '[{
        "kind": "closed_one", "score": 0.500, "status": "cleared",
        "created_at": "2030-01-01T12:00:00.000000Z", "reviewed_at": "2030-01-01T12:00:00.000000Z"
    }]',
    'a flag that is decided, without what concerns others'
);
select is(
    pg_temp.mine('flags') -> 'withheld', rpc('ben', 'my_data') -> 'withheld',
    'what is withheld is said alike to everybody'
);
select ok(
    not exists (
        select
        from unnest('{account,entries,ledger,events,flags}'::text[]) as p (part)
        cross join lateral pg_temp.mine(p.part) as d (data)
        where d.data::text like '%' || user_id('ben') || '%'
            or d.data::text like '%' || entry_id('ben', 'big') || '%'
            or d.data::text like '%others%'
    ),
    'nothing of ben'
);
select is(
    (
        select jsonb_agg(r -> 'ticket_count')
        from jsonb_array_elements(pg_temp.mine('entries', jsonb_build_object(
            'after', pg_temp.mine('entries', '{"page_size": 1}') -> 'next', 'page_size', 1
        )) -> 'rows') as r
    ),
    '[2]', 'a page after another'
);
-- A part read a row at a time, each page after the `next` of the one before; 50 pages at most.
create function pg_temp.by_single_rows(p_part text)
returns jsonb
language sql
as $$
    with recursive pages as (
        select 1 as number, pg_temp.mine(p_part, '{"page_size": 1}') as page
        union all
        select
            p.number + 1,
            pg_temp.mine(p_part, jsonb_build_object('page_size', 1, 'after', p.page -> 'next'))
        from pages as p
        where p.page ->> 'next' is not null and p.number < 50
    )

    select jsonb_agg(r.shown order by p.number)
    from pages as p
    cross join lateral jsonb_array_elements(p.page -> 'rows') as r (shown)
$$;
select rpc('ann', 'start_cool_off', '{"hours": 1}');
select is(
    pg_temp.by_single_rows(p.part), pg_temp.mine(p.part) -> 'rows',
    p.part || ' read a row at a time are each there once'
)
from unnest('{ledger,events}'::text[]) as p (part);
update auth.users set banned_until = 'infinity' where id = user_id('ann');
select is(
    pg_temp.mine('ledger', '{"page_size": 1}') ->> 'next', '1', 'a ban takes nobody''s own data'
);
select refused(
    'ann', 'my_data', a.arguments::jsonb, 'PT422', 'invalid_argument', a.details::jsonb, a.arguments
)
from (values
    (
        '{"part": "secrets"}',
        '{"argument": "part", "expected": "account, entries, ledger, events or flags"}'
    ),
    (
        '{"part": "entries", "after": "-1"}',
        '{"argument": "after", "expected": "`next` of the page before"}'
    ),
    (
        '{"part": "flags", "after": "1"}',
        '{"argument": "after", "expected": "`next` of the page before"}'
    ),
    ('{"page_size": 1001}', '{"argument": "page_size", "expected": "1 to 1000"}')
) as a (arguments, details);
select query_refused(
    'anon', 'select public.my_data()', 'permission denied for function my_data', 'by nobody'
);
select refused(
    'authenticated', 'my_data', '{}', 'PT403', 'not_allowed', '{}', 'by an anonymous sign-in',
    jsonb_build_object('sub', user_id('ann'), 'is_anonymous', true)
);
select is(
    rpc('ann', 'request_erasure') ->> 'requested_at', '2030-01-01T12:00:00.000000Z',
    'asked again: the first answer'
);

select * from finish();
rollback;
