-- How much likelier accounts of one person come so close in a pot than others do. One person
-- takes the next place 6 times in 10 and the next but one twice; others come anywhere (p_reach
-- 1), friends within a part of the pot (p_reach 0.3: as far apart as 15 places of 100 on either
-- side).
create or replace function private.closeness(
    p_gap integer, p_players double precision, p_reach double precision
)
returns double precision
language sql
immutable
set search_path = ''
as $$
    select case least(p_gap, 3)
        when 1 then ln(0.6 / least(0.6, 2 / (p_reach * p_players)))
        when 2 then ln(0.2 / least(0.2, 2 / (p_reach * p_players)))
        else ln(0.2 / greatest(0.2, 1 - 4 / (p_reach * p_players)))
    end
$$;

comment on function private.closeness(integer, double precision, double precision) is
'Log odds for one person of two entries that are p_gap places apart (3 is any more) in a pot of '
'p_players, over others who come within a part p_reach of the pot.';

revoke all on function private.closeness(integer, double precision, double precision)
from public, anon, authenticated, service_role;
