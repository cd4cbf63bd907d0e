-- One join of a batch, by private.join_pot itself: the player's claims and headers are set for it
-- and put back. What it raises is an answer like what it returns, and undoes this join alone.
-- Locks, writes: private.join_pot.
create or replace function private.join_as(p_pot_id uuid, p_join private.batch_join)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_claims text := current_setting('request.jwt.claims', true);
    v_headers text := current_setting('request.headers', true);
    v_status text := current_setting('response.status', true);
    v_result jsonb;
    v_code text;
    v_token text;
    v_detail text;
    v_hint text;
begin
    begin
        perform
            pg_catalog.set_config('request.jwt.claims', jsonb_build_object(
                'sub', p_join.user_id, 'role', 'authenticated'
            )::text, true),
            pg_catalog.set_config('request.headers', jsonb_build_object(
                'x-forwarded-for', p_join.ip || repeat(',', s.trusted_hops - 1),
                lower(s.region_header), p_join.region,
                'x-device-id', p_join.device,
                'x-correlation-id', p_join.correlation_id
            )::text, true)
        from private.settings as s
        where s.trusted_hops > 0;
        if not found then
            perform
                pg_catalog.set_config('request.jwt.claims', jsonb_build_object(
                    'sub', p_join.user_id, 'role', 'authenticated'
                )::text, true),
                pg_catalog.set_config('request.headers', jsonb_build_object(
                    lower(s.ip_header), p_join.ip,
                    lower(s.region_header), p_join.region,
                    'x-device-id', p_join.device,
                    'x-correlation-id', p_join.correlation_id
                )::text, true)
            from private.settings as s;
        end if;
        v_result := private.join_pot(p_pot_id, p_join.ticket_count, p_join.key);
    exception
        when sqlstate 'PT401' or sqlstate 'PT402' or sqlstate 'PT403' or sqlstate 'PT404'
            or sqlstate 'PT409' or sqlstate 'PT422' or sqlstate 'PT429' or sqlstate 'PT503' then
            get stacked diagnostics
                v_code = returned_sqlstate,
                v_token = message_text,
                v_detail = pg_exception_detail,
                v_hint = pg_exception_hint;
            v_result := jsonb_build_object(
                'code', v_code, 'message', v_token, 'details', v_detail, 'hint', v_hint
            );
    end;
    perform
        pg_catalog.set_config('request.jwt.claims', coalesce(v_claims, ''), true),
        pg_catalog.set_config('request.headers', coalesce(v_headers, ''), true),
        pg_catalog.set_config('response.status', coalesce(v_status, ''), true);
    return v_result;
end $$;

comment on function private.join_as(uuid, private.batch_join) is
'One join of a batch as its player makes it: what join_pot answers, or the error it raises as '
'{code, message, details, hint}.';

revoke all on function private.join_as(uuid, private.batch_join)
from public, anon, authenticated, service_role;
