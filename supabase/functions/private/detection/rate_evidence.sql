-- The likelihood ratio of a binomial count: so many hits and misses, at the rate of a ring over the
-- rate that is usual among others. Others above the rate of a ring say nothing: who does less than
-- they do would be taken for a ring otherwise.
create or replace function private.rate_evidence(
    p_hits double precision, p_misses double precision,
    p_ring double precision, p_usual double precision
)
returns double precision
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_usual double precision := least(p_usual, p_ring);
begin
    return exp(greatest(-27.6, least(27.6,
        p_hits * ln(p_ring / greatest(0.001, v_usual))
        + p_misses * ln((1 - p_ring) / (1 - v_usual))
    )));
end $$;

comment on function private.rate_evidence(
    double precision, double precision, double precision, double precision
) is
'The Bayes factor of p_hits and p_misses for a hit rate of p_ring over one of p_usual; 1 when '
'p_usual is no less.';

revoke all on function private.rate_evidence(
    double precision, double precision, double precision, double precision
)
from public, anon, authenticated, service_role;
