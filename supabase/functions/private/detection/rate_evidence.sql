-- The likelihood ratio of a binomial count: so many hits and misses, at the rate of a ring over the
-- rate that is usual among others.
create or replace function private.rate_evidence(
    p_hits double precision, p_misses double precision,
    p_ring double precision, p_usual double precision
)
returns double precision
language sql
immutable
set search_path = ''
as $$
    select exp(greatest(-27.6, least(27.6,
        p_hits * ln(p_ring / greatest(0.001, p_usual))
        + p_misses * ln((1 - p_ring) / greatest(0.001, 1 - p_usual))
    )))
$$;

comment on function private.rate_evidence(
    double precision, double precision, double precision, double precision
) is
'The Bayes factor of p_hits and p_misses for a hit rate of p_ring over one of p_usual.';

revoke all on function private.rate_evidence(
    double precision, double precision, double precision, double precision
)
from public, anon, authenticated, service_role;
