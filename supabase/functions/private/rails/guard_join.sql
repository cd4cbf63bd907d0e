-- What stands between a player and a join that the pot would take. The operator's limits are read
-- at each join, so they hold from the moment they are set.
--
-- Guards, in order: staff; the player's own break; region; age of the account; tickets of a new
-- account; speed; the player's own limits; accounts an address or a device.
-- Locks: the caller holds the player's wallet, so what is counted a player is exact; then those of
-- private.guard_accounts, where its limits are set.
-- Writes: an event join_refused, when it refuses.
-- Raises: not_allowed; returns region_blocked, account_blocked, velocity_exceeded with their
-- record.
create or replace function private.guard_join(
    p_pot public.pots, p_template_id bigint, p_user_id uuid, p_ticket_count integer,
    p_context private.request_context
)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_at timestamptz := private.now();
    -- The cap a player is not checked yet: no more than all of the pot, or this overflows.
    v_cost bigint := p_pot.entry_cost * least(p_ticket_count, p_pot.max_tickets);
    v_rails jsonb := private.guard_rails_for(p_user_id, p_template_id, p_context.region);
    v_created_at timestamptz;
    v_least_age interval;
    v_new_for interval;
    v_is_new boolean := false;
    v_held bigint;
    v_reached jsonb;
begin
    if private.is_staff(p_user_id) then
        perform private.fail('not_allowed', '{"reason": "staff"}');
    end if;
    v_reached := private.guard_break(p_user_id, v_at);
    if v_reached is not null then
        return private.refuse_player('account_blocked', 'join_refused', p_pot.id, v_reached);
    end if;

    if v_rails is not null then
        if v_rails -> 'blocked_regions' ? p_context.region then
            return private.refuse_player(
                'region_blocked', 'join_refused', p_pot.id, '{}',
                jsonb_build_object('region', p_context.region)
            );
        end if;
        if v_rails ?| '{account_age_hours,new_account_hours}' then
            select u.created_at into v_created_at from auth.users as u where u.id = p_user_id;
            v_least_age := make_interval(hours => (v_rails ->> 'account_age_hours')::integer);
            if v_at < v_created_at + v_least_age then
                return private.refuse_player(
                    'account_blocked', 'join_refused', p_pot.id,
                    jsonb_build_object(
                        'reason', 'new_account',
                        'until', private.json_time(v_created_at + v_least_age)
                    )
                );
            end if;
            v_new_for := make_interval(hours => (v_rails ->> 'new_account_hours')::integer);
            v_is_new := coalesce(v_at < v_created_at + v_new_for, false);
        end if;
        if not v_is_new then
            v_rails := v_rails - '{new_account_tickets,new_account_credits_per_day}'::text[];
        end if;
        if v_rails ? 'new_account_tickets' then
            select coalesce(sum(e.ticket_count), 0) into v_held
            from public.pot_entries as e
            where e.pot_id = p_pot.id and e.user_id = p_user_id and e.cancelled_at is null;
            if v_held + p_ticket_count > (v_rails ->> 'new_account_tickets')::bigint then
                return private.refuse_player(
                    'velocity_exceeded', 'join_refused', p_pot.id,
                    jsonb_build_object(
                        'limit', 'new_account_tickets',
                        'left', greatest((v_rails ->> 'new_account_tickets')::bigint - v_held, 0)
                    )
                );
            end if;
        end if;
        v_reached := private.guard_velocity(p_user_id, v_rails, v_cost, v_at);
    end if;

    v_reached := coalesce(v_reached, private.guard_spend(p_user_id, v_cost, v_at));
    if v_reached is null and v_rails is not null then
        v_reached := private.guard_accounts(p_pot.id, p_user_id, v_rails, p_context);
    end if;
    if v_reached is not null then
        return private.refuse_player('velocity_exceeded', 'join_refused', p_pot.id, v_reached);
    end if;
    return null;
end $$;

comment on function private.guard_join(
    public.pots, bigint, uuid, integer, private.request_context
) is
'Lets a join pass the operator''s and the player''s own limits: NULL, or the refusal, recorded. '
'Raises not_allowed for staff. The caller holds the player''s wallet.';

revoke all on function private.guard_join(
    public.pots, bigint, uuid, integer, private.request_context
)
from public, anon, authenticated, service_role;
