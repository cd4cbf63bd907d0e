-- A reason of an act that the chain or the outbox keeps for good: neither can forget it, for one is
-- hashed and the other has been delivered. So what names a person by itself is refused here; a name
-- in words is the writer's to leave out.
-- Raises: invalid_argument.
create or replace function private.require_reason(p_reason text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_text('reason', p_reason, 500);
    if p_reason ~* '[^[:space:]@]+@[^[:space:]@]+[.][^[:space:]@]+'
        or p_reason ~* '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
        or p_reason ~ '(^|[^0-9.])([0-9]{1,3}[.]){3}[0-9]{1,3}([^0-9.]|$)'
        or p_reason ~* '(^|[^0-9a-f:])([0-9a-f]{1,4}:){3,7}[0-9a-f:]'
        -- A phone number as it is dialled from afar: a date is none.
        or p_reason ~* '(^|[^0-9a-z])([+]|00?)[1-9]([ ()/]{0,2}[0-9]){7,}'
    then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'reason',
            'expected',
            'no e-mail address, phone number, network address or id of anybody: it is for good'
        ));
    end if;
end $$;

comment on function private.require_reason(text) is
'As private.require_text for a reason of up to 500 characters, and fails with invalid_argument '
'where an e-mail address, phone number, network address or uuid stands in it: what the chain and '
'the outbox keep cannot be erased.';

revoke all on function private.require_reason(text)
from public, anon, authenticated, service_role;
