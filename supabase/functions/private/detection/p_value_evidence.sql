-- What a p-value is worth as evidence. A p-value is no probability of guilt; the calibrator
-- k * p^(k-1) makes of it a Bayes factor whose mean under chance is 1, so that it may be multiplied
-- with others: k = 1/4 gives 2.4 at 0.05, 44 at 0.001 and 1/4 at 1. (Sellke, Bayarri and Berger,
-- "Calibration of p values for testing precise null hypotheses", 2001; Vovk and Wang, "E-values",
-- 2021.)
create or replace function private.p_value_evidence(p_p_value double precision)
returns double precision
language plpgsql
immutable
set search_path = ''
as $$
begin
    return 0.25 * greatest(1e-12, least(1, p_p_value)) ^ (-0.75);
end $$;

comment on function private.p_value_evidence(double precision) is
'The Bayes factor, for a trait over chance, that a p-value of chance is worth.';

revoke all on function private.p_value_evidence(double precision)
from public, anon, authenticated, service_role;
