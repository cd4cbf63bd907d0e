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
    p_pot_id uuid, p_template_id bigint, p_player private.player, p_ticket_count integer,
    p_cost bigint, p_held bigint, p_context private.request_context
)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_at timestamptz := private.now();
    v_found record;
    v_reached jsonb;
begin
    if p_player.is_staff then
        perform private.fail('not_allowed', '{"reason": "staff"}');
    end if;
    -- One look at all that may stand in the way; `reached` is the first limit of speed that one more
    -- join exceeds. Entries that were taken back count: a limit of speed is about acts.
    select
        f.*,
        not f.may_be_on_break
        and not f.has_own_limits
        and not f.is_blocked
        and f.reached is null
        and coalesce(v_at >= f.old_enough_at, true)
        and coalesce(p_held + p_ticket_count <= f.new_account_tickets, true) as is_free
    into strict v_found
    from (
        select
            r.rails,
            r.old_enough_at,
            case
                when r.is_new then (r.rails ->> 'new_account_tickets')::bigint
            end as new_account_tickets,
            coalesce(r.rails -> 'blocked_regions' ? p_context.region, false) as is_blocked,
            exists (
                select
                from private.play_breaks as b
                where b.user_id = p_player.user_id and b.ends_at > v_at
            ) or exists (select from private.exclusion_marks) as may_be_on_break,
            exists (
                select from private.play_limits as l where l.user_id = p_player.user_id
            ) as has_own_limits,
            coalesce(
                r.rails ?| '{accounts_per_ip,accounts_per_device}', false
            ) as counts_accounts,
            private.reached_limit(
                r.rails, r.is_new, p_cost, d.minute_joins, d.minute_credits, d.joins, d.credits
            ) as reached,
            d.joins,
            d.credits,
            d.minute_joins,
            d.minute_credits
        from (
            select
                g.rails,
                p_player.signed_up_at + make_interval(
                    hours => (g.rails ->> 'account_age_hours')::integer
                ) as old_enough_at,
                coalesce(v_at < p_player.signed_up_at + make_interval(
                    hours => (g.rails ->> 'new_account_hours')::integer
                ), false) as is_new
            from (
                select private.guard_rails_for(
                    p_player.user_id, p_template_id, p_context.region
                ) as rails
                offset 0
            ) as g
        ) as r
        cross join lateral (
            select
                count(*) as joins,
                coalesce(sum(e.credits_spent), 0)::bigint as credits,
                count(*) filter (where e.created_at > v_at - interval '1 minute') as minute_joins,
                coalesce(sum(e.credits_spent) filter (
                    where e.created_at > v_at - interval '1 minute'
                ), 0)::bigint as minute_credits
            from public.pot_entries as e
            where r.rails is not null
                and e.user_id = p_player.user_id
                and e.created_at > v_at - interval '24 hours'
        ) as d
    ) as f;
    if not v_found.is_free then
        if v_found.may_be_on_break then
            v_reached := private.guard_break(p_player.user_id, v_at);
            if v_reached is not null then
                return private.refuse_player(
                    'account_blocked', 'join_refused', p_pot_id, v_reached
                );
            end if;
        end if;
        if v_found.is_blocked then
            return private.refuse_player(
                'region_blocked', 'join_refused', p_pot_id, '{}',
                jsonb_build_object('region', p_context.region)
            );
        end if;
        if v_at < v_found.old_enough_at then
            return private.refuse_player(
                'account_blocked', 'join_refused', p_pot_id,
                jsonb_build_object(
                    'reason', 'new_account', 'until', private.json_time(v_found.old_enough_at)
                )
            );
        end if;
        if p_held + p_ticket_count > v_found.new_account_tickets then
            v_reached := jsonb_build_object(
                'limit', 'new_account_tickets',
                'left', greatest(v_found.new_account_tickets - p_held, 0)
            );
        elsif v_found.reached is not null then
            v_reached := jsonb_build_object('limit', v_found.reached, 'left', greatest(
                (v_found.rails ->> v_found.reached)::bigint - case v_found.reached
                    when 'joins_per_minute' then v_found.minute_joins
                    when 'credits_per_minute' then v_found.minute_credits
                    when 'joins_per_day' then v_found.joins
                    else v_found.credits
                end, 0
            ));
        elsif v_found.has_own_limits then
            v_reached := private.guard_spend(p_player.user_id, p_cost, v_at);
        end if;
    end if;
    if v_reached is null and v_found.counts_accounts then
        v_reached := private.guard_accounts(p_pot_id, p_player.user_id, v_found.rails, p_context);
    end if;
    if v_reached is not null then
        return private.refuse_player('velocity_exceeded', 'join_refused', p_pot_id, v_reached);
    end if;
    return null;
end $$;

comment on function private.guard_join(
    uuid, bigint, private.player, integer, bigint, bigint, private.request_context
) is
'Lets a join that costs p_cost, of a player who holds p_held tickets in the pot, pass the '
'operator''s and the player''s own limits: NULL, or the refusal, recorded. Raises not_allowed for '
'staff. The caller holds the player''s wallet.';

revoke all on function private.guard_join(
    uuid, bigint, private.player, integer, bigint, bigint, private.request_context
)
from public, anon, authenticated, service_role;
