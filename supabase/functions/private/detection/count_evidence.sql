-- The likelihood ratio of a Poisson count: a ring expects p_ring, chance p_usual. Where chance
-- expects as many as a ring, a count says nothing: fewer than that would be taken for a ring
-- otherwise.
create or replace function private.count_evidence(
    p_count double precision, p_ring double precision, p_usual double precision
)
returns double precision
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_usual double precision := greatest(p_usual, 0.05);
    v_ring double precision := greatest(p_ring, v_usual);
begin
    return exp(greatest(-27.6, least(27.6,
        p_count * ln(v_ring / v_usual) - v_ring + v_usual
    )));
end $$;

comment on function private.count_evidence(
    double precision, double precision, double precision
) is
'The Bayes factor of p_count events for p_ring being expected over p_usual; 1 when p_usual is no '
'less.';

revoke all on function private.count_evidence(
    double precision, double precision, double precision
)
from public, anon, authenticated, service_role;
