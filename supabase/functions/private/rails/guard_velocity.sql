-- Counted under the lock of the player's wallet, so that a limit raced over several pots is exact.
-- Entries that were taken back count: a limit of speed is about acts.
create or replace function private.guard_velocity(
    p_user_id uuid, p_rails jsonb, p_cost bigint, p_at timestamptz
)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_rule text;
    v_span interval;
    v_limit bigint;
    v_done bigint;
    v_more bigint;
begin
    foreach v_rule in array array[
        'joins_per_minute', 'credits_per_minute', 'joins_per_day', 'credits_per_day',
        'new_account_credits_per_day'
    ] loop
        v_limit := (p_rails ->> v_rule)::bigint;
        continue when v_limit is null;
        v_span := case when v_rule like '%minute' then '1 minute' else '1 day' end::interval;
        v_more := case when v_rule like 'joins%' then 1 else p_cost end;
        select
            case when v_rule like 'joins%' then count(*)
                else coalesce(sum(e.credits_spent), 0)::bigint end
        into v_done
        from public.pot_entries as e
        where e.user_id = p_user_id and e.created_at > p_at - v_span;
        if v_done + v_more > v_limit then
            return jsonb_build_object('limit', v_rule, 'left', greatest(v_limit - v_done, 0));
        end if;
    end loop;
    return null;
end $$;

comment on function private.guard_velocity(uuid, jsonb, bigint, timestamptz) is
'Which limit of speed among p_rails a join that costs p_cost would exceed, as {limit, left}; NULL '
'when none. The caller holds the player''s wallet.';

revoke all on function private.guard_velocity(uuid, jsonb, bigint, timestamptz)
from public, anon, authenticated, service_role;
