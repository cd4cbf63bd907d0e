-- What came back is not spent: entries that were cancelled, and those of cancelled pots. A prize is
-- no refund. Hours and not days, which a caller's time zone makes longer or shorter.
create or replace function private.spent(p_user_id uuid, p_period text, p_at timestamptz)
returns bigint
language sql
stable
set search_path = ''
as $$
    select coalesce(sum(e.credits_spent), 0)::bigint
    from public.pot_entries as e
    inner join public.pots as p on e.pot_id = p.id
    where e.user_id = p_user_id
        and e.created_at > p_at - case p_period
            when 'day' then interval '24 hours'
            when 'week' then interval '168 hours'
            when 'month' then interval '720 hours'
        end
        and e.cancelled_at is null
        and p.status <> 'cancelled'
$$;

comment on function private.spent(uuid, text, timestamptz) is
'Credits that a player spent on entries of the last 24 hours (day), 7 days (week) or 30 days '
'(month) and did not get back.';

revoke all on function private.spent(uuid, text, timestamptz)
from public, anon, authenticated, service_role;
