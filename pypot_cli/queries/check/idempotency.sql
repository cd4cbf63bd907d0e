-- Every remembered answer names an entry or a transfer that exists, of the caller it was given to.
-- rows: private.idempotency_keys
select
    format('key %s of %s', k.key, k.operation) as subject,
    'answers with something that is not in the books' as problem
from private.idempotency_keys as k
left join public.pot_entries as e
    on k.operation = 'join_pot'
    and k.response ->> 'entry_id' = e.id::text
    and k.subject = e.user_id::text
    and k.request ->> 'pot_id' = e.pot_id::text
    and k.request ->> 'ticket_count' = e.ticket_count::text
    -- Keys of before 2026-11 have all of the answer, which the entry says since.
    and coalesce(k.response ->> 'pot_id', e.pot_id::text) = e.pot_id::text
    and coalesce(k.response ->> 'ticket_count', e.ticket_count::text) = e.ticket_count::text
    and coalesce(k.response ->> 'credits_spent', e.credits_spent::text) = e.credits_spent::text
left join private.transfers as t
    on k.operation = 'grant_credits'
    and k.response ->> 'transfer_id' = t.id::text
    and t.kind = 'grant'
    and k.response ->> 'amount' = t.amount::text
where e.id is null and t.id is null
order by 1
