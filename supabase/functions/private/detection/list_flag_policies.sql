-- Guards: who calls.
-- Raises: login_required.
create or replace function private.list_flag_policies()
returns setof public.flag_policy
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_me uuid;
begin
    perform private.require_officer();
    -- Who never acted has no pseudonym yet, and proposed nothing.
    select a.actor_id into v_me
    from private.actors as a
    where a.subject = private.caller_subject();
    return query
    select
        kind, effect, f.min_score, private.json_time(f.updated_at),
        p.proposed_at is not null, p.min_score, p.proposed_by, private.json_time(p.proposed_at),
        private.json_time(private.proposal_ends_at(p.proposed_at)),
        coalesce(p.proposed_by = v_me, false)
    from private.flag_policies as f
    full join (
        select *
        from private.flag_policy_proposals as w
        where private.proposal_ends_at(w.proposed_at) > private.now()
    ) as p using (kind, effect)
    order by kind, effect;
end $$;

comment on function private.list_flag_policies() is
'Definer half of public.list_flag_policies.';

revoke all on function private.list_flag_policies()
from public, anon, authenticated, service_role;
grant execute on function private.list_flag_policies()
to pot_compliance, service_role;
