-- Guards, in order: arguments; login; `after` exists.
-- Raises: invalid_argument, login_required.
create or replace function private.list_erasures(
    p_waiting boolean, p_after uuid, p_page_size integer
)
returns setof public.erasure_case
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_after timestamptz;
begin
    perform private.require_range('page_size', p_page_size, 1, 100);
    perform private.require_person();
    if p_after is not null then
        select coalesce(e.requested_at, e.erased_at) into v_after
        from private.erasures as e
        where e.user_id = p_after;
        if not found then
            perform private.fail('invalid_argument', jsonb_build_object(
                'argument', 'after', 'expected', 'a user_id of the list'
            ));
        end if;
    end if;
    return query
    select
        e.user_id, private.json_time(e.requested_at), private.json_time(e.erased_at),
        case when e.erased_at is null then private.erasure_obstacle(e.user_id, false, false) end
    from private.erasures as e
    where (p_waiting is null or p_waiting = (e.erased_at is null))
        and (
            p_after is null
            or (coalesce(e.requested_at, e.erased_at), e.user_id) > (v_after, p_after)
        )
    order by coalesce(e.requested_at, e.erased_at), e.user_id
    limit p_page_size;
end $$;

comment on function private.list_erasures(boolean, uuid, integer) is
'Definer half of public.list_erasures.';

revoke all on function private.list_erasures(boolean, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_erasures(boolean, uuid, integer)
to pot_compliance, service_role;
