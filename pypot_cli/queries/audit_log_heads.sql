-- Where each pot says that its chain ends.
select s.pot_id, s.chain_seq, s.chain_hash from private.pot_states as s
