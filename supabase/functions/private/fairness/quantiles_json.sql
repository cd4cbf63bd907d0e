-- Median, 99th percentile and maximum of some times
create or replace function private.quantiles_json(p_micros bigint[])
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    v_quantiles bigint[];
begin
    select percentile_disc(array[0.5, 0.99, 1]) within group (order by t.micros)
    into v_quantiles
    from unnest(p_micros) as t (micros)
    where t.micros is not null;
    if v_quantiles is null then
        return null;
    end if;
    return jsonb_build_object(
        'median', trim_scale(v_quantiles[1] / 1000000.0),
        'p99', trim_scale(v_quantiles[2] / 1000000.0),
        'max', trim_scale(v_quantiles[3] / 1000000.0)
    );
end $$;

comment on function private.quantiles_json(bigint[]) is
'{median, p99, max} in seconds of times in microseconds: each is one of them, the smallest that '
'half, or 99 of 100, do not exceed. NULL of none; NULLs among them do not count.';

revoke all on function private.quantiles_json(bigint[])
from public, anon, authenticated, service_role;
