-- Selective abort. The operator withholds the reveal, and everyone is refunded, whenever what it
-- knows by then says that it would lose: all of draw 1, and of draw 2 the index without the beacon,
-- whose round comes after the deadline of the reveal. What counts is who wins the rounds that were
-- not aborted.
select
    version,
    count(*) as draws,
    count(*) filter (where r.tickets[version] / 10 = r.slot) as wins,
    count(*) * 0.1::float8 as fair,
    (select count(*) from attack_rounds) as moves,
    (select count(*) from attack_rounds) as accepted
from attack_rounds as r
cross join (values (1), (2)) as versions (version)
where private.draw_index(r.drawn, 100) / 10 = r.slot
group by version
