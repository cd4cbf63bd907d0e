-- The metadata of the pot's latest audit row of p_action when the caller wrote it, without the
-- before and after that moderation adds to an answer.
create or replace function private.prior_result(p_pot_id uuid, p_action text)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select case
        when last.subject = private.caller_subject() then last.metadata - '{before,after}'::text[]
    end
    from (
        select a.metadata, p.subject
        from public.pots_audit as a
        inner join private.actors as p on a.actor_id = p.actor_id
        where a.pot_id = p_pot_id and a.action = p_action
        order by a.seq desc
        limit 1
    ) as last
$$;

comment on function private.prior_result(uuid, text) is
'The metadata of the pot''s latest audit row of p_action when the caller wrote it: what a repeated '
'call is answered with. NULL otherwise.';

revoke all on function private.prior_result(uuid, text)
from public, anon, authenticated, service_role;
