-- Forgets of one ended pot what p_what says, p_limit rows at most
create or replace function private.purge_pot(p_what text, p_pot_id uuid, p_limit bigint)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_rows bigint;
begin
    if p_what = 'network' then
        update public.pot_entries as e
        set (ip_hash, device_hash, region, correlation_id) = (
            select f.ip_hash, f.device_hash, f.region, f.correlation_id
            from private.forgotten_entry(e) as f
        )
        where e.id in (
            select n.id
            from public.pot_entries as n
            where n.pot_id = p_pot_id and n is distinct from private.forgotten_entry(n)
            limit p_limit
        );
    else
        update private.flags as f
        set evidence = '{"forgotten": true}'
        where f.flag_id in (
            select n.flag_id
            from private.flags as n
            where n.pot_id = p_pot_id and n.evidence <> '{"forgotten": true}'
            limit p_limit
        );
    end if;
    get diagnostics v_rows = row_count;
    return v_rows;
end $$;

comment on function private.purge_pot(text, uuid, bigint) is
'Forgets where the entries of an ended pot came from (p_what network), or the evidence of its '
'flags (evidence), p_limit rows at most; returns how many. Fewer than p_limit: there are no more.';

revoke all on function private.purge_pot(text, uuid, bigint)
from public, anon, authenticated, service_role;
