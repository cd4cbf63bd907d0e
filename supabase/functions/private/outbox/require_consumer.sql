-- Fails with invalid_argument unless p_consumer may be a consumer's name
create or replace function private.require_consumer(p_consumer text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_consumer is null or p_consumer !~ '^[a-z][a-z0-9_.:-]{0,62}$' then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'consumer',
            'expected', '1 to 63 of a-z, 0-9, _, ., : and -, a letter first'
        ));
    end if;
end $$;

comment on function private.require_consumer(text) is
'Fails with invalid_argument unless p_consumer may be a consumer''s name; NULL fails too.';

revoke all on function private.require_consumer(text)
from public, anon, authenticated, service_role;
