-- Not every ring shows every trait. With p_share of them showing it, and the others being as honest
-- crowds are, the likelihood ratio is a mixture: a trait that is missing speaks against a ring by
-- ln(1 - p_share) at most, and one that is there by p_limit for it at most, since no model of
-- honest
-- players is good enough for more.
create or replace function private.trait_weight(
    p_factor double precision, p_share double precision, p_limit double precision
)
returns double precision
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when p_factor is null then 0
        else least(p_limit, ln(p_share * greatest(0, least(1e12, p_factor)) + 1 - p_share))
    end;
end $$;

comment on function private.trait_weight(double precision, double precision, double precision) is
'Log odds, in nats, that a trait adds whose Bayes factor is p_factor, when p_share of all rings '
'show it; p_limit at most, and 0 where nothing is known.';

revoke all on function private.trait_weight(double precision, double precision, double precision)
from public, anon, authenticated, service_role;
