-- The half of private.tg_pot_entries__immutable that asks for the pot, once a statement: an entry
-- gets its number while its pot is open. Whatever else changes, the row's own trigger has seen to.
create or replace function private.tg_pot_entries__while_open()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if exists (
        select
        from (
            select distinct w.pot_id
            from was as w
            where w.first_ticket is null and w.cancelled_at is null
            offset 0
        ) as c
        -- One by one: a plan that was made for many would read every pot.
        where (
            select true
            from only public.pots as p
            where p.id = c.pot_id and p.status = 'open'
            limit 1
        ) is null
    ) and exists (
        select
        from (
            select w.id, w.pot_id
            from was as w
            where w.first_ticket is null and w.cancelled_at is null
            offset 0
        ) as w
        where (
            select true
            from only public.pots as p
            where p.id = w.pot_id and p.status = 'open'
            limit 1
        ) is null
            and (
                select e.first_ticket from only public.pot_entries as e where e.id = w.id limit 1
            ) is not null
    ) then
        raise check_violation using message = 'an entry is immutable';
    end if;
    return null;
end $$;

comment on function private.tg_pot_entries__while_open() is
'Trigger: an entry gets its number while its pot is open.';

revoke all on function private.tg_pot_entries__while_open()
from public, anon, authenticated, service_role;
