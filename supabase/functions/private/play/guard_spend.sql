-- Counted under the lock of the player's wallet, so that a limit raced over several pots is exact.
create or replace function private.guard_spend(
    p_user_id uuid, p_cost bigint, p_at timestamptz
)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_limit record;
begin
    for v_limit in
        select l.period, l.credits
        from private.play_limits_of(p_user_id, p_at) as l
        where l.credits is not null
    loop
        if private.spent(p_user_id, v_limit.period, p_at) + p_cost > v_limit.credits then
            return jsonb_build_object(
                'limit', 'play_' || v_limit.period,
                'left', greatest(
                    v_limit.credits - private.spent(p_user_id, v_limit.period, p_at), 0
                )
            );
        end if;
    end loop;
    return null;
end $$;

comment on function private.guard_spend(uuid, bigint, timestamptz) is
'Which of a player''s own limits a join that costs p_cost would exceed, as {limit, left}; NULL '
'when '
'none. The caller holds the player''s wallet.';

revoke all on function private.guard_spend(uuid, bigint, timestamptz)
from public, anon, authenticated, service_role;
