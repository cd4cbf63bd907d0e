-- How much likelier accounts of one person come so close in a pot than others do. One person mostly
-- takes the next places: half of the time the very next, else nearer rather than farther, with
-- members of the ring in between; sometimes anywhere. Strangers come anywhere. Friends come within
-- an eighth of the pot of each other on average, and one time in four by themselves.
create or replace function private.follow_weight(
    p_gap double precision, p_players double precision, p_friends boolean
)
returns double precision
language plpgsql
immutable
set search_path = ''
as $$
declare
    -- The distance of two random ones of n places.
    v_anywhere double precision := 2 * greatest(p_players - p_gap, 0.5)
    / (p_players * greatest(p_players - 1, 1));
    v_reach double precision := greatest(3, p_players / 8);
begin
    return ln(
        (
            case when p_gap < 1.5 then 0.5 else 0 end
            + 0.35 * 0.25 * exp(-least(200, 0.25 * (p_gap - 1)))
            + 0.15 * v_anywhere
        )
        / case
            when p_friends
                then 0.25 * v_anywhere + 0.75 * exp(-least(200, (p_gap - 1) / v_reach)) / v_reach
            else v_anywhere
        end
    );
end $$;

comment on function private.follow_weight(double precision, double precision, boolean) is
'Log odds for one person of two entries p_gap places apart in a pot of p_players, over strangers, '
'or over friends.';

revoke all on function private.follow_weight(double precision, double precision, boolean)
from public, anon, authenticated, service_role;
