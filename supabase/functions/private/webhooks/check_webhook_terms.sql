-- The form alone: where a name leads to is looked at by whoever connects, each time anew.
-- Raises: invalid_argument.
create or replace function private.check_webhook_terms(
    p_url text, p_events text[], p_min_prize bigint, p_description text
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    -- Printable ASCII without user, password, fragment, quotes or backslash: what every reader
    -- of an address reads alike. A name of other letters is given as xn--….
    if p_url is null
        or length(p_url) > 2000
        or p_url !~ (
            '^https?://([a-z0-9]([a-z0-9._-]{0,252}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])'
            || '(:[1-9][0-9]{0,4})?([/?][]!$%&()*+,./:;=?@_~[a-zA-Z0-9-]*)?$'
        )
    then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'url', 'expected', 'https://host/path, in lower-case ASCII up to the path'
        ));
    end if;
    if p_min_prize is not null then
        perform private.require_range('min_prize', p_min_prize, 1, 9007199254740991);
        if not 'pot_settled' = any(p_events) then
            perform private.fail('invalid_argument', jsonb_build_object(
                'argument', 'min_prize', 'expected', 'pot_settled among the events'
            ));
        end if;
    end if;
    if p_description is not null then
        perform private.require_text('description', p_description, 200);
    end if;
end $$;

comment on function private.check_webhook_terms(text, text[], bigint, text) is
'Fails with invalid_argument unless a webhook may be made of these: url, kinds (NULL: all), '
'smallest prize and description.';

revoke all on function private.check_webhook_terms(text, text[], bigint, text)
from public, anon, authenticated, service_role;
