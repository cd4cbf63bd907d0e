-- Guards: arguments; login; the pot and `after` exist.
-- Raises: invalid_argument, login_required, pot_not_found.
create or replace function private.list_flags(
    p_pot_id uuid, p_status text, p_after uuid, p_page_size integer
)
returns setof public.fraud_flag
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_after timestamptz;
begin
    perform private.require_range('page_size', p_page_size, 1, 100);
    if p_status not in ('open', 'uphold_proposed', 'upheld', 'cleared') then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'status', 'expected', 'open, uphold_proposed, upheld or cleared'
        ));
    end if;
    perform private.require_person();
    if p_pot_id is not null
        and not exists (select from public.pots as p where p.id = p_pot_id) then
        perform private.fail('pot_not_found');
    end if;
    if p_after is not null then
        select f.created_at into v_after from private.flags as f where f.flag_id = p_after;
        if not found then
            perform private.fail('invalid_argument', jsonb_build_object(
                'argument', 'after', 'expected', 'the id of a flag'
            ));
        end if;
    end if;
    return query
    select
        f.flag_id, f.pot_id, f.entry_id, f.user_id, f.kind, f.score::numeric, f.evidence, f.status,
        private.json_time(f.created_at), f.reviewed_by, private.json_time(f.reviewed_at), f.reason
    from private.flags as f
    where (p_pot_id is null or f.pot_id = p_pot_id)
        and (p_status is null or f.status = p_status)
        and (p_after is null or (f.created_at, f.flag_id) < (v_after, p_after))
    order by f.created_at desc, f.flag_id desc
    limit p_page_size;
end $$;

comment on function private.list_flags(uuid, text, uuid, integer) is
'Definer half of public.list_flags.';

revoke all on function private.list_flags(uuid, text, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_flags(uuid, text, uuid, integer)
to pot_compliance, service_role;
