-- How likely another account is made so near to one: by how many of those that are here were made
-- around the two, over windows of 64, 512 and 4096 times their distance, and of 2 and 8 times where
-- a third of all lies within, since a ring's own accounts lie there too. The densest window counts,
-- so whoever came with a campaign is compared with the campaign.
create or replace function private.chance_of_ages(
    p_first double precision, p_second double precision, p_sorted double precision[]
)
returns double precision
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_apart double precision := greatest(1, abs(p_first - p_second));
    v_low double precision := least(p_first, p_second);
    v_high double precision := greatest(p_first, p_second);
    v_others integer := cardinality(p_sorted) - 2;
    v_width double precision;
    v_within double precision;
    v_chance double precision := 0.0005;
begin
    if v_others < 1 then
        return 1;
    end if;
    foreach v_width in array array[2, 8, 64, 512, 4096]::double precision[] loop
        -- One more than there are: of few an empty window says little.
        v_within := (
            width_bucket(v_high + v_width * v_apart / 2, p_sorted)
            - width_bucket(v_low - v_width * v_apart / 2, p_sorted) - 1
        )::double precision / (v_others + 1);
        if v_width > 8 or 3 * v_within > 1 then
            v_chance := greatest(v_chance, v_within / v_width);
        end if;
    end loop;
    return least(1, 2 * v_chance);
end $$;

comment on function private.chance_of_ages(
    double precision, double precision, double precision[]
) is
'The chance that of p_sorted, the ages of those who are here in seconds, another lies as near to '
'p_first as p_second does.';

revoke all on function private.chance_of_ages(
    double precision, double precision, double precision[]
)
from public, anon, authenticated, service_role;
