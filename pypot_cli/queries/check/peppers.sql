-- One pepper is in use, and that of every open pot is still there.
-- rows: private.peppers
select 'the pepper in use' as subject, format('there are %s', count(*)) as problem
from private.peppers as p
where p.retired_at is null
having count(*) <> 1
union all
select format('pepper %s', p.id), format('was destroyed and open pot %s needs it', s.pot_id)
from private.peppers as p
inner join private.pot_states as s on p.id = s.pepper_id
inner join public.pots as o on s.pot_id = o.id
where o.status = 'open' and p.destroyed_at is not null
order by 1, 2
