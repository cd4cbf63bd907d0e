-- What an entry got of a prize that was returned, as its player sees it
create or replace function private.returned_json(p_entry_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce((
        select jsonb_build_object('credits_returned', t.amount)
        from private.transfers_ever as t
        where t.entry_id = p_entry_id and t.kind = 'return'
    ), '{}');
end $$;

comment on function private.returned_json(uuid) is
'{credits_returned} of an entry that got a share of its pot''s returned prize, else {}.';

revoke all on function private.returned_json(uuid)
from public, anon, authenticated, service_role;
