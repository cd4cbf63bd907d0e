-- The half of private.tg_pot_entries__immutable that asks for the pot, once a statement: of each
-- entry that was live and had no tickets the pot is open, or it was forgotten where it came from.
-- That this was allowed, and that no other column changed, the row's own trigger has seen to.
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
            select true from public.pots as p where p.id = c.pot_id and p.status = 'open' limit 1
        ) is null
    ) and exists (
        select
        from (
            select w.*
            from was as w
            where w.first_ticket is null and w.cancelled_at is null
            offset 0
        ) as w
        where (
            select true from public.pots as p where p.id = w.pot_id and p.status = 'open' limit 1
        ) is null
            and (
                select true
                from public.pot_entries as e
                where e.id = w.id
                    and (e.ip_hash, e.device_hash, e.region, e.correlation_id)
                    is distinct from (w.ip_hash, w.device_hash, w.region, w.correlation_id)
                    and (e.first_ticket, e.holder_rank, e.cancelled_at)
                    is not distinct from (w.first_ticket, w.holder_rank, w.cancelled_at)
                limit 1
            ) is null
    ) then
        raise check_violation using message = 'an entry is immutable';
    end if;
    return null;
end $$;

comment on function private.tg_pot_entries__while_open() is
'Trigger: a live entry without tickets changes while its pot is open; later it forgets where it '
'came from and nothing else.';

revoke all on function private.tg_pot_entries__while_open()
from public, anon, authenticated, service_role;
