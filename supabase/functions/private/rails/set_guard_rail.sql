-- Sets, changes or takes away one limit. It holds for every join that begins after this has ended.
--
-- Guards, in order: arguments; who calls; template and user exist.
-- Locks: an advisory lock, so that what an event says was before is what was before; joins do not
-- take it. The caller's pseudonym, and a user's, when new.
-- Writes: guard_rails; an event with actor, reason, before and after, unless nothing changes.
-- Raises: invalid_argument, login_required, busy (a transaction of one snapshot).
create or replace function private.set_guard_rail(
    p_scope text, p_scope_id text, p_rule text, p_value jsonb, p_reason text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_rule record;
    v_scope_id text;
    v_value jsonb := nullif(p_value, 'null');
    v_before jsonb;
begin
    select * into v_rule from private.guard_rules() as r where r.rule = p_rule;
    if v_rule.rule is null then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'rule',
            'expected', (select string_agg(r.rule, ', ') from private.guard_rules() as r)
        ));
    end if;
    if p_scope is null or p_scope <> all (v_rule.scopes) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'scope', 'expected', array_to_string(v_rule.scopes, ', ')
        ));
    end if;
    perform private.require_reason(p_reason);
    v_value := private.guard_rail_value(v_rule.unit, v_rule.min_value, v_rule.max_value, v_value);
    v_scope_id := private.guard_rail_scope_id(p_scope, p_scope_id);
    perform private.require_officer();
    perform private.require_guard_rail_scope(p_scope, v_scope_id);
    perform private.require_read_committed();

    perform pg_advisory_xact_lock(hashtextextended('pots/guard-rails', 0));
    select r.value into v_before
    from private.guard_rails as r
    where (r.scope, r.scope_id, r.rule) = (p_scope, v_scope_id, p_rule);
    if v_value is null then
        delete from private.guard_rails as r
        where (r.scope, r.scope_id, r.rule) = (p_scope, v_scope_id, p_rule);
    elsif v_value is distinct from v_before then
        insert into private.guard_rails as r (
            scope, scope_id, rule, value, reason, updated_by, updated_at
        )
        values (
            p_scope, v_scope_id, p_rule, v_value, p_reason, private.actor_pseudonym(), private.now()
        )
        on conflict (scope, scope_id, rule) do update
        set
            value = excluded.value,
            reason = excluded.reason,
            updated_by = excluded.updated_by,
            updated_at = excluded.updated_at;
    end if;
    if v_value is distinct from v_before then
        perform private.log_event('guard_rail_set', null, jsonb_build_object(
            'scope', p_scope,
            -- No user id in an event: who it is, private.actors knows.
            'scope_id', case
                when p_scope = 'user' then private.pseudonym_of(v_scope_id)::text
                else v_scope_id
            end,
            'rule', p_rule, 'before', v_before, 'after', v_value, 'reason', p_reason
        ));
    end if;
    return jsonb_build_object(
        'scope', p_scope, 'scope_id', v_scope_id, 'rule', p_rule,
        'before', v_before, 'value', v_value
    );
end $$;

comment on function private.set_guard_rail(text, text, text, jsonb, text) is
'Definer half of public.set_guard_rail.';

revoke all on function private.set_guard_rail(text, text, text, jsonb, text)
from public, anon, authenticated, service_role;
grant execute on function private.set_guard_rail(text, text, text, jsonb, text)
to pot_compliance, service_role;
