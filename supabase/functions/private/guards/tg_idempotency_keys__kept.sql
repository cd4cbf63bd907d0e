-- The key of a join is of use until its pot has ended, when no repetition of the call can join
-- again; then it may go, after key_days or with its player. No other key ever: a repeated grant
-- would be a second one.
create or replace function private.tg_idempotency_keys__kept()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' and old.operation = 'join_pot' and exists (
        select
        from public.pots as p
        cross join private.retention as r
        where p.id = (old.request ->> 'pot_id')::uuid
            and (
                p.status in ('settled', 'cancelled')
                and old.created_at <= private.now() - r.key_days * interval '24 hours'
                or exists (
                    select
                    from private.erasures as e
                    where e.user_id::text = old.subject and e.erased_at is not null
                )
            )
    ) then
        return old;
    end if;
    raise insufficient_privilege using message = 'private.idempotency_keys is append-only';
end $$;

comment on function private.tg_idempotency_keys__kept() is
'Trigger: the key of a join may be deleted once its pot has ended and key_days have passed, or '
'when its player was erased; nothing else is changed or deleted.';

revoke all on function private.tg_idempotency_keys__kept()
from public, anon, authenticated, service_role;
