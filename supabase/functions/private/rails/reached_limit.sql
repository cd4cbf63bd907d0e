-- The one order of the limits of speed. A limit that is not set is NULL and reaches nothing.
create or replace function private.reached_limit(
    p_rails jsonb, p_is_new boolean, p_cost bigint,
    p_minute_joins bigint, p_minute_credits bigint, p_joins bigint, p_credits bigint
)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return case
        when p_minute_joins + 1 > (p_rails ->> 'joins_per_minute')::bigint
            then 'joins_per_minute'
        when p_minute_credits + p_cost > (p_rails ->> 'credits_per_minute')::bigint
            then 'credits_per_minute'
        when p_joins + 1 > (p_rails ->> 'joins_per_day')::bigint
            then 'joins_per_day'
        when p_credits + p_cost > (p_rails ->> 'credits_per_day')::bigint
            then 'credits_per_day'
        when p_is_new and p_credits + p_cost > (p_rails ->> 'new_account_credits_per_day')::bigint
            then 'new_account_credits_per_day'
    end;
end $$;

comment on function private.reached_limit(
    jsonb, boolean, bigint, bigint, bigint, bigint, bigint
) is
'The first limit of speed among p_rails that one more join, which costs p_cost, would exceed after '
'so many joins and credits of the last minute and day; NULL when none.';

revoke all on function private.reached_limit(
    jsonb, boolean, bigint, bigint, bigint, bigint, bigint
)
from public, anon, authenticated, service_role;
