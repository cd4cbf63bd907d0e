-- What an e-mail address or phone number is kept as when its owner is forgotten and self-excluded
create or replace function private.exclusion_mark(p_kind text, p_value text)
returns text
language sql
stable
set search_path = ''
as $$
    select encode(
        extensions.hmac(
            private.tag('pots/exclusion-mark/v1') || convert_to(
                p_kind || ':' || case p_kind
                    -- Capitals and what follows a + are no other mailbox.
                    when 'email' then regexp_replace(lower(btrim(p_value)), '\+[^@]*@', '@')
                    else regexp_replace(p_value, '[^0-9]', '', 'g')
                end,
                'UTF8'
            ),
            r.mark_secret,
            'sha256'
        ),
        'hex'
    )
    from private.retention as r
    where nullif(p_value, '') is not null
$$;

comment on function private.exclusion_mark(text, text) is
'Keyed hash of an e-mail address (p_kind email; without capitals and a +suffix) or a phone number '
'(phone; digits only), hex; NULL of none.';

revoke all on function private.exclusion_mark(text, text)
from public, anon, authenticated, service_role;
