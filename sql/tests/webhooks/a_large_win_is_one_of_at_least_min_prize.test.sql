-- min_prize looks at pot_settled and live_drop alone; with no kinds named, pot_settled is the one.

begin;
\ir ../support/helpers.sql
select plan(6);

select rpc('service_role', 'create_webhook', jsonb_build_object(
    'url', 'https://' || h.name || '.example/', 'min_prize', h.min_prize, 'events', h.events
)) is null
from (values
    ('all', null::bigint, null::jsonb), ('large', 100, null), ('larger', 101, null),
    ('both', 101, '["pot_settled", "live_drop", "pot_locked"]')
) as h (name, min_prize, events);
select register_keys();
select open_pot('big') is null;
select fill('big');
select bring_to('big', 'settled');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;

create function pg_temp.told(p_name text) returns text[] language sql as $$
    select array_agg(d.kind order by d.position)
    from private.webhook_deliveries as d
    inner join private.webhook_subscriptions as s on d.webhook_id = s.webhook_id
    where s.url = 'https://' || p_name || '.example/'
        and d.kind in ('pot_locked', 'pot_settled', 'live_drop')
$$;
select is((select s.prize from private.settlements as s), 100::bigint, 'a pot of 100 credits');
select is(pg_temp.told('all'), '{pot_locked,pot_settled,live_drop}', 'who asks for all has all');
select is(pg_temp.told('large'), '{pot_settled}', 'from 100 on, it is a large win');
select is(pg_temp.told('larger'), null, 'from 101 on it is not');
select is(pg_temp.told('both'), '{pot_locked}', 'and other kinds are no prizes');

select is(
    (
        select jsonb_build_array(
            b.body ->> 'type', b.body #> '{data,prize}', b.body #>> '{data,handle}',
            b.body #>> '{data,proof}', b.body #>> '{data,pot_id}'
        )
        from private.webhook_deliveries as d
        cross join lateral (select private.webhook_body(d)::jsonb as body) as b
        where d.kind = 'pot_settled'
        limit 1
    ),
    (
        select jsonb_build_array(
            'pot_settled', 100, left(e.entrant_tag, 16),
            '/rest/v1/rpc/get_proof?pot_id=' || s.pot_id, s.pot_id
        )
        from private.settlements as s
        inner join public.pot_entries as e on s.entry_id = e.id
    ),
    'it tells the winner''s handle, the prize, the pot and where the proof is'
);

select * from finish();
rollback;
