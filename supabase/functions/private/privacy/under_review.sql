-- Whether somebody still decides about a pot, who needs all that is known of it
create or replace function private.under_review(p_pot_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
    select exists (
        select
        from private.flags as f
        where f.pot_id = p_pot_id
            and (f.status = 'uphold_proposed' or f.status = 'open' and f.effect <> 'note')
    ) or exists (
        select from private.held_payouts() as h where h.pot_id = p_pot_id
    )
$$;

comment on function private.under_review(uuid) is
'Whether a flag of the pot that is more than a note waits for a decision, or its payout is held: '
'then nothing known of it expires.';

revoke all on function private.under_review(uuid)
from public, anon, authenticated, service_role;
