-- Chernoff's bound of a Poisson tail: exp(-(k ln(k/m) - k + m)) for k > m, else 1. Never below the
-- true tail, nor below the binomial's or hypergeometric's of the same mean; no sum, no factorial.
-- (Mitzenmacher and Upfal, "Probability and Computing", theorem 5.4.)
create or replace function private.chance_of_count(
    p_count double precision, p_mean double precision
)
returns double precision
language sql
immutable
set search_path = ''
as $$
    select case
        when p_count <= p_mean then 1
        when p_mean < 1e-9 then 1e-12
        else exp(greatest(-27.6, p_count - p_mean - p_count * ln(p_count / p_mean)))
    end
$$;

comment on function private.chance_of_count(double precision, double precision) is
'A bound, from above, of the probability of p_count or more events where p_mean are expected.';

revoke all on function private.chance_of_count(double precision, double precision)
from public, anon, authenticated, service_role;
