-- Fisher's method: -ln p of a p-value by chance is exponential, so a sum of n of them is
-- Gamma(n, 1). Chernoff's bound of its tail: exp(-(s - n - n ln(s/n))) for s > n, else 1.
create or replace function private.chance_of_sum(
    p_sum double precision, p_terms double precision
)
returns double precision
language sql
immutable
set search_path = ''
as $$
    select case
        when p_terms <= 0 or p_sum <= p_terms then 1
        else exp(greatest(-27.6, p_terms - p_sum + p_terms * ln(p_sum / p_terms)))
    end
$$;

comment on function private.chance_of_sum(double precision, double precision) is
'A bound, from above, of the probability that p_terms p-values of chance have -ln p summing to '
'p_sum or more.';

revoke all on function private.chance_of_sum(double precision, double precision)
from public, anon, authenticated, service_role;
