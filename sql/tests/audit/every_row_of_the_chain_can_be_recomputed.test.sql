-- From the public columns alone: payload_hash, row_hash and the link to the row before; seq counts
-- from 1 (contract, section 5).

begin;
\ir ../support/helpers.sql
select plan(26);

select open_pot('big');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "fine"}'));
select bring_to('big', 'settled');
create temporary table link on commit drop as
select
    a.*,
    coalesce(lag(a.row_hash) over (order by a.seq), repeat('0', 64)) as hash_before,
    -- Exact arithmetic: microseconds since 1970.
    (extract(epoch from a.created_at) * 1000000)::bigint as micros
from public.pots_audit as a
where a.pot_id = pot_id('big');

select is(
    array_agg(l.seq order by l.seq), array(select generate_series(1, 8)::bigint), 'eight rows'
)
from link as l;
select is(l.prev_hash, l.hash_before, l.action || ' links to the row before')
from link as l
order by l.seq;
select is(
    l.payload_hash, encode(sha256(convert_to(l.payload, 'UTF8')), 'hex'),
    l.action || ': its payload'
)
from link as l
order by l.seq;
select is(
    l.row_hash,
    encode(sha256(
        convert_to('pots/audit/v1', 'UTF8') || '\x00' || uuid_send(l.pot_id) || int8send(l.seq)
        || decode(l.prev_hash, 'hex') || int8send(l.micros) || decode(l.payload_hash, 'hex')
    ), 'hex'),
    l.action || ': its hash'
)
from link as l
order by l.seq;
select is(
    (select s.chain_hash from private.pot_states as s),
    (select l.row_hash from link as l where l.seq = 8),
    'the head of the chain is its last row'
);

select * from finish();
rollback;
