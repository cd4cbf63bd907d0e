-- How much meeting in so many pots weighs. Some rings are never apart, others send half or a third
-- of their accounts each time: the three are weighed alike.
create or replace function private.company_weight(
    p_together double precision, p_fewer double precision, p_expected double precision,
    p_limit double precision
)
returns double precision
language plpgsql
immutable
set search_path = ''
as $$
begin
    return private.trait_weight(
        (
            private.count_evidence(p_together, 0.9 * p_fewer, p_expected)
            + private.count_evidence(p_together, 0.6 * p_fewer, p_expected)
            + private.count_evidence(p_together, 0.3 * p_fewer, p_expected)
        ) / 3,
        0.8, p_limit
    );
end $$;

comment on function private.company_weight(
    double precision, double precision, double precision, double precision
) is
'Log odds for one person of p_together pots together of p_fewer that the rarer player was in, '
'where chance expects p_expected; p_limit at most.';

revoke all on function private.company_weight(
    double precision, double precision, double precision, double precision
)
from public, anon, authenticated, service_role;
