-- VOLATILE, so that it reads what was written since the statement that calls it began.
create or replace function private.webhook_body(p_delivery private.webhook_deliveries)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_event private.told_events_ever;
    v_data jsonb;
begin
    if p_delivery.position is null then
        return jsonb_build_object(
            'type', p_delivery.kind,
            'timestamp', private.json_time(p_delivery.created_at),
            'data', jsonb_build_object('webhook_id', p_delivery.webhook_id)
        )::text;
    end if;
    select e.* into strict v_event
    from private.positions_ever as p
    inner join private.told_events_ever as e on p.id = e.id
    where p.position = p_delivery.position;
    v_data := v_event.data || jsonb_build_object(
        'pot_id', v_event.pot_id,
        'position', p_delivery.position,
        'schema_version', v_event.schema_version
    );
    if v_event.kind in ('pot_settled', 'live_drop') then
        v_data := v_data || (
            select jsonb_build_object(
                'handle', private.public_handle(
                    p.winner_user_id, s.proof -> 'winning_entry' ->> 'entrant_tag'
                ),
                'prize', s.prize,
                'proof', concat(
                    (select t.public_url from private.settings as t),
                    private.proof_path(s.pot_id)
                )
            )
            from private.settlements as s
            inner join public.pots as p on s.pot_id = p.id
            where s.pot_id = v_event.pot_id
        );
    end if;
    return jsonb_build_object(
        'type', v_event.kind,
        'timestamp', private.json_time(v_event.created_at),
        'data', v_data
    )::text;
end $$;

comment on function private.webhook_body(private.webhook_deliveries) is
'What is sent of a delivery: {type, timestamp, data} (Standard Webhooks), data being the event''s '
'with pot_id, position and schema_version; of a win also the winner''s public handle, the prize '
'and where the proof is.';

revoke all on function private.webhook_body(private.webhook_deliveries)
from public, anon, authenticated, service_role;
