-- Each pot's chain counts 1, 2, 3, …, each row names the one before, and the pot knows the last.
-- rows: public.pots_audit
select
    format('pot %s, seq %s', c.pot_id, c.seq) as subject,
    case
        when c.seq <> c.true_seq then format('stands where seq %s belongs', c.true_seq)
        else 'does not name the row before it'
    end as problem
from (
    select
        a.pot_id, a.seq, a.prev_hash,
        row_number() over chain as true_seq,
        lag(a.row_hash, 1, repeat('0', 64)) over chain as true_prev
    from public.pots_audit as a
    window chain as (partition by a.pot_id order by a.seq)
) as c
where c.seq <> c.true_seq or c.prev_hash <> c.true_prev
union all
select
    'pot ' || coalesce(s.pot_id, p.id),
    format('says its chain ends with seq %s, hash %s; it has seq %s', s.chain_seq, s.chain_hash, a.seq)
from public.pots as p
full join private.pot_states as s on p.id = s.pot_id
left join lateral (
    select l.seq, l.row_hash
    from public.pots_audit as l
    where l.pot_id = p.id
    order by l.seq desc
    limit 1
) as a on true
where (a.seq, a.row_hash) is distinct from (s.chain_seq, s.chain_hash)
order by 1
