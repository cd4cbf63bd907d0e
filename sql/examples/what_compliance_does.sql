-- Pause, resume and void, and what the public reads of them: the act and its hash, not the reason.
-- Nothing is kept.
--
-- Run it with psql on the database of `pypot db up`, as postgres.

begin;

-- Compliance is always a person: its claims have a sub.
set role service_role;
set request.jwt.claims = '{"role": "service_role", "sub": "00000000-0000-0000-0000-00000000000c"}';

select add_commitments('[{
    "pot_id": "11111111-1111-1111-1111-111111111111",
    "commit_hash": "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
}]') -> 'added' as added;

select create_pot(10, 8, 5) ->> 'status' as status;

select pause_pot('11111111-1111-1111-1111-111111111111', 'three accounts, one device')
    -> 'paused' as paused;
select resume_pot('11111111-1111-1111-1111-111111111111', 'a family') -> 'paused' as paused;
select void_pot('11111111-1111-1111-1111-111111111111', 'no family') ->> 'cause' as cause;

-- A spectator walks the chain: each row names the hash of the row before.
set role anon;
set request.jwt.claims = '{"role": "anon"}';

select
    seq,
    action,
    payload is null as is_withheld,
    prev_hash = coalesce(lag(row_hash) over (order by seq), repeat('0', 64)) as is_linked
from get_audit_chain('11111111-1111-1111-1111-111111111111');

-- Compliance reads the reasons.
set role service_role;

select seq, action, reason from pots_audit order by seq;

rollback;
