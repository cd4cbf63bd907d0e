-- The likelihood ratio of a Poisson count: a ring expects p_ring, chance p_usual.
create or replace function private.count_evidence(
    p_count double precision, p_ring double precision, p_usual double precision
)
returns double precision
language sql
immutable
set search_path = ''
as $$
    select exp(greatest(-27.6, least(27.6,
        p_count * ln(greatest(p_ring, 0.05) / greatest(p_usual, 0.05))
        - greatest(p_ring, 0.05) + greatest(p_usual, 0.05)
    )))
$$;

comment on function private.count_evidence(
    double precision, double precision, double precision
) is
'The Bayes factor of p_count events for p_ring being expected over p_usual.';

revoke all on function private.count_evidence(
    double precision, double precision, double precision
)
from public, anon, authenticated, service_role;
