-- A pot's first half, as the API's callers see it: commitments, a pot, joins, a cancelled entry,
-- the lock. What is random (ids, salts, hashes) is left out of the output. Nothing is kept.
--
-- Run it with psql on the database of `pypot db up`, as postgres.

begin;

-- GoTrue's part: three players sign up.
insert into auth.users (id, email) values
    ('00000000-0000-0000-0000-00000000000a', 'ann@example.com'),
    ('00000000-0000-0000-0000-00000000000b', 'bob@example.com'),
    ('00000000-0000-0000-0000-00000000000e', 'eve@example.com');

-- The services' parts; service_role may play them all. First credits, then a commitment whose seed
-- the settlement signer keeps, then a pot on it.
set role service_role;

select grant_credits(id::uuid, 100, 'welcome', 'welcome ' || id) -> 'balance' as balance
from (values
    ('00000000-0000-0000-0000-00000000000a'), ('00000000-0000-0000-0000-00000000000b')
) as player (id);

select add_commitments('[{
    "pot_id": "11111111-1111-1111-1111-111111111111",
    "commit_hash": "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
}]');

select
    pot ->> 'status' as status,
    pot ->> 'commit_hash' as commit_hash,
    pot ->> 'commit_tag' as commit_tag
from create_pot(entry_cost => 10, max_tickets => 8, max_per_user => 5) as pot;

-- Ann joins twice, and takes the second entry back.
set role authenticated;
set request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-0000-0000-00000000000a"}';

select answer - '{entry_id,entrant,salt}'::text[] as answer
from join_pot('11111111-1111-1111-1111-111111111111', 3, 'ann 1') as answer;

select answer -> 'balance' as balance, answer -> 'tickets_sold' as tickets_sold
from join_pot('11111111-1111-1111-1111-111111111111', 2, 'ann 2') as answer;

select answer -> 'credits_refunded' as credits_refunded, answer -> 'balance' as balance
from cancel_entry((
    select entry_id from my_entries() where ticket_count = 2
)) as answer;

-- Bob buys five, which is his cap.
set request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-0000-0000-00000000000b"}';

select answer -> 'balance' as balance, answer -> 'credits_committed' as credits_committed
from join_pot('11111111-1111-1111-1111-111111111111', 5) as answer;

-- Anyone looks on.
set role anon;
set request.jwt.claims = '{"role": "anon"}';

select
    status, tickets_sold, max_tickets, credits_committed, participant_count, fill_percent,
    commit_hash
from list_pots();

-- It is full: the orchestrator locks it. Now the commitment is public and the tickets have numbers.
set role service_role;

select
    lock ->> 'status' as status,
    lock -> 'total_tickets' as total_tickets,
    lock ->> 'commit_hash' as commit_hash
from lock_pot('11111111-1111-1111-1111-111111111111') as lock;

set role anon;

select first_ticket, ticket_count, length(entrant_tag) as digits_of_the_tag
from list_lock_entries('11111111-1111-1111-1111-111111111111');

select seq, action from get_audit_chain('11111111-1111-1111-1111-111111111111');

-- Ann's receipt leads to the root.
set role authenticated;
set request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-0000-0000-00000000000a"}';

select
    receipt -> 'ticket_count' as ticket_count,
    receipt -> 'first_ticket' as first_ticket,
    jsonb_array_length(receipt -> 'merkle_path') as steps_to_the_root
from (select my_receipt(entry_id) as receipt from my_entries() where cancelled_at is null) as r;

rollback;
