-- A lock writes every entry once more: what that costs is the lock's price (decision 0164). And
-- detection looks after the lock, as a step of its own (decision 0165).

-- No index holds first_ticket and half of a page is kept free, so the numbered row stays on its
-- page and no index is written. What looks for a ticket goes by seq, whose order it is
-- (private.entry_at).
drop index public.pot_entries_first_ticket_idx;
alter table public.pot_entries set (fillfactor = 45);

-- Of a stripe nothing is ever deleted nor its key changed: nothing looks this index up.
drop index public.pot_entries_stripe_idx;

-- Every check is made at every update: a tenth of a regular expression's price, for the same.
alter table public.pot_entries
drop constraint pot_entries_salt_check,
drop constraint pot_entries_entrant_tag_check,
drop constraint pot_entries_ip_hash_check,
drop constraint pot_entries_device_hash_check,
add constraint pot_entries_salt_check
check (length(salt) = 64 and encode(decode(salt, 'hex'), 'hex') = salt),
add constraint pot_entries_entrant_tag_check
check (length(entrant_tag) = 64 and encode(decode(entrant_tag, 'hex'), 'hex') = entrant_tag),
add constraint pot_entries_ip_hash_check
check (length(ip_hash) = 64 and encode(decode(ip_hash, 'hex'), 'hex') = ip_hash),
add constraint pot_entries_device_hash_check
check (length(device_hash) = 64 and encode(decode(device_hash, 'hex'), 'hex') = device_hash);

-- What a settlement is measured by, counted once at the lock and not at the reveal, which is to
-- take as long in a large pot as in a small one.
alter table public.pot_entries add column holder_rank bigint;
comment on column public.pot_entries.holder_rank is
'Tickets of the pot''s players who have fewer than this entry''s player, or as many and an earlier '
'first one. NULL until lock; for the fairness statistics, and shown to nobody.';
alter table private.pot_states
add column expected_share double precision check (expected_share > 0 and expected_share <= 1),
add column scanned_at timestamptz;
comment on column private.pot_states.expected_share is
'What the winner''s share of the tickets is on average in a fair draw of this pot: the sum of the '
'squared shares. NULL until lock.';
comment on column private.pot_states.scanned_at is
'When detection had looked at the locked pot, or failed to with an alert; NULL before.';

create type private.suspicion as (
    user_id uuid, entry_id uuid, kind text, score double precision, evidence jsonb
);
comment on type private.suspicion is
'What detection found about a player: who, by which entry, what, how probably, from which numbers.';

drop function private.raise_flag(uuid, uuid, uuid, text, double precision, jsonb, text);
drop function private.alert_duplicates(uuid);

-- Pots that are locked already are settled by the functions to come.
alter table public.pot_entries disable trigger tg_pot_entries__immutable;
with holders as (
    select
        e.pot_id, e.user_id, sum(e.ticket_count) as tickets, min(e.first_ticket) as first_ticket
    from public.pot_entries as e
    inner join public.pots as p on e.pot_id = p.id
    where p.status in ('locked', 'settling') and e.first_ticket is not null
    group by e.pot_id, e.user_id
),

ranked as (
    select
        h.pot_id, h.user_id,
        sum(h.tickets) over (
            partition by h.pot_id order by h.tickets, h.first_ticket
        ) - h.tickets as holder_rank
    from holders as h
),

measured as (
    update private.pot_states as s
    set
        expected_share = (
            select sum((h.tickets / p.total_tickets::float8) ^ 2)
            from holders as h
            where h.pot_id = s.pot_id
        ),
        scanned_at = p.locked_at
    from public.pots as p
    where p.id = s.pot_id and p.status in ('locked', 'settling')
)

update public.pot_entries as e
set holder_rank = r.holder_rank
from ranked as r
where e.pot_id = r.pot_id and e.user_id = r.user_id and e.first_ticket is not null;
alter table public.pot_entries enable always trigger tg_pot_entries__immutable;
