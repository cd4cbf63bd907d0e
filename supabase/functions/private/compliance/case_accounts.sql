-- The numbers that private.case_labels gives the accounts of a pot, an account a row
create or replace function private.case_accounts(p_pot_id uuid)
returns table (user_id uuid, account bigint)
language sql
stable
set search_path = ''
as $$
    select e.user_id, row_number() over (order by min(e.seq))
    from private.entries_ever as e
    where e.pot_id = p_pot_id
    group by e.user_id
$$;

comment on function private.case_accounts(uuid) is
'The players of the pot, numbered by their first entry from 1: what they are called where no user '
'id is told.';

revoke all on function private.case_accounts(uuid)
from public, anon, authenticated, service_role;
