-- Fails with invalid_argument, naming p_argument, unless p_value is between p_min and p_max
create or replace function private.require_range(
    p_argument text, p_value bigint, p_min bigint, p_max bigint
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_value is null or p_value not between p_min and p_max then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', p_argument, 'expected', format('%s to %s', p_min, p_max)
        ));
    end if;
end $$;

comment on function private.require_range(text, bigint, bigint, bigint) is
'Fails with invalid_argument, naming p_argument, unless p_value is between p_min and p_max; NULL '
'fails too.';

revoke all on function private.require_range(text, bigint, bigint, bigint)
from public, anon, authenticated, service_role;
