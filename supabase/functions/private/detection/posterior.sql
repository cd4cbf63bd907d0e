-- Of log odds a probability. Against one other reading (by chance) it is the logistic function;
-- against a second (friends who play together) the odds of both are weighed.
create or replace function private.posterior(
    p_log_odds double precision, p_second_log_odds double precision
)
returns double precision
language plpgsql
immutable
set search_path = ''
as $$
begin
    return 1 / (
        1
        + exp(greatest(-30, least(30, -p_log_odds)))
        + case
            when p_second_log_odds is null then 0
            else exp(greatest(-30, least(30, -p_second_log_odds)))
        end
    );
end $$;

comment on function private.posterior(double precision, double precision) is
'The probability of what has these log odds over each of one or two other readings.';

revoke all on function private.posterior(double precision, double precision)
from public, anon, authenticated, service_role;
