-- Per pot: its template, seconds from opening to lock, from lock to payout, and from lock to the
-- opening of the pot that followed it. Pots of one template that keeps one open follow in order.
select
    s.template_id::text as template,
    extract(epoch from p.locked_at - p.created_at)::float8 as filled,
    extract(epoch from p.settled_at - p.locked_at)::float8 as settled,
    extract(
        epoch from lead(p.created_at) over (partition by s.template_id order by p.created_at)
        - p.locked_at
    )::float8 as gap
from public.pots as p
inner join private.pot_states as s on p.id = s.pot_id
where s.template_id is not null
order by p.created_at
