-- Whoever is to confirm a policy sees what was proposed, without having been told.

begin;
\ir ../support/helpers.sql
select plan(12);

select freeze_time('2030-01-01 12:00:00Z');

create function pg_temp.said(p_who text, p_effect text, p_min_score numeric)
returns text
language sql
as $$
    select rpc('pot_compliance:' || p_who, 'set_flag_policy', jsonb_build_object(
        'kind', 'test_kind', 'effect', p_effect, 'min_score', p_min_score, 'reason', 'a test'
    )) ->> 'status'
$$;
create function pg_temp.listed(p_reader text default 'pot_compliance:carol')
returns jsonb
language sql
as $$
    select coalesce(jsonb_agg(r order by r ->> 'kind', r ->> 'effect'), '[]')
    from jsonb_array_elements(rpc(p_reader, 'list_flag_policies', '{}')) as r
    where r ->> 'kind' = 'test_kind'
$$;

select is(pg_temp.listed(), '[]', 'nothing is said of a kind that nobody spoke of');
select ok(
    rpc('pot_compliance:carol', 'list_flag_policies', '{}') @> '[
        {"kind": "shared_device", "effect": "hold", "proposed": false, "proposed_by": null}
    ]',
    'defaults are listed'
);

select is(pg_temp.said('dave', 'hold', 0.6), 'proposed', 'dave proposes');
select is(
    pg_temp.listed(),
    jsonb_build_array(jsonb_build_object(
        'kind', 'test_kind', 'effect', 'hold', 'min_score', null, 'updated_at', null,
        'proposed', true, 'proposed_min_score', 0.600,
        'proposed_by', (
            select a.actor_id from private.actors as a where a.subject = user_id('dave')::text
        ),
        'proposed_at', '2030-01-01T12:00:00.000000Z',
        'proposal_ends_at', '2030-01-08T12:00:00.000000Z', 'proposed_by_me', false
    )),
    'carol sees what, by whom and until when'
);
select is(
    pg_temp.listed('pot_compliance:dave') -> 0 -> 'proposed_by_me', 'true',
    'dave is told that it is his own'
);
select pg_temp.said('carol', 'refuse', 0.9);
select is(
    (
        select jsonb_object_agg(r ->> 'effect', r -> 'proposed_by_me')
        from jsonb_array_elements(pg_temp.listed()) as r
    ),
    '{"hold": false, "refuse": true}', 'and carol which of two is hers, and no more'
);
select pg_temp.said('carol', 'refuse', null);
select is(pg_temp.said('carol', 'hold', 0.6), 'set', 'and confirms it');
select is(
    pg_temp.listed(),
    '[{
        "kind": "test_kind", "effect": "hold", "min_score": 0.600,
        "updated_at": "2030-01-01T12:00:00.000000Z", "proposed": false,
        "proposed_min_score": null, "proposed_by": null, "proposed_at": null,
        "proposal_ends_at": null, "proposed_by_me": false
    }]',
    'it is in force, and nothing waits'
);

select pg_temp.said('carol', 'hold', null);
select is(
    (pg_temp.listed() -> 0) - '{proposed_by,proposed_at,proposal_ends_at,updated_at}'::text[],
    '{
        "kind": "test_kind", "effect": "hold", "min_score": 0.600, "proposed": true,
        "proposed_min_score": null, "proposed_by_me": true
    }',
    'to take an effect away is a proposal too'
);
select pass_time('7 days');
select is(
    pg_temp.listed() -> 0 ->> 'proposed', 'false', 'what nobody confirmed within a week is gone'
);

select refused(
    'pot_compliance', 'list_flag_policies', '{}', 'PT401', 'login_required', '{}',
    'compliance without a name'
);

select * from finish();
rollback;
