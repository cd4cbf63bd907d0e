-- That all of n random places lie within a part s of a pot: n s^(n-1) - (n-1) s^n, the distribution
-- of the range of n uniform variables.
create or replace function private.chance_of_span(p_members bigint, p_part double precision)
returns double precision
language sql
immutable
set search_path = ''
as $$
    select case
        when p_part >= 1 then 1
        -- By logarithms: a power of many members leaves the range of a double.
        else exp(greatest(-27.6, least(0,
            (p_members - 1) * ln(greatest(1e-9, p_part))
            + ln(p_members - (p_members - 1) * greatest(1e-9, p_part))
        )))
    end
$$;

comment on function private.chance_of_span(bigint, double precision) is
'The probability that p_members entries by chance lie within the part p_part of a pot.';

revoke all on function private.chance_of_span(bigint, double precision)
from public, anon, authenticated, service_role;
