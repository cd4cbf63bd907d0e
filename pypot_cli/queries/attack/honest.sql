-- Nobody plays foul: how often each ticket won, by both draws.
select
    version,
    r.tickets[version] as ticket,
    count(*) as wins
from attack_rounds as r
cross join (values (1), (2)) as versions (version)
group by version, ticket
