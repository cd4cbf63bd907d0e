-- Every pot was awake when pots began to rest (20261128000061), also those that ended long ago:
-- each call of run_due would look at them, and let a hundred of them rest.

update private.lobby_pulses as l
set rests = true
from public.pots as p
where l.pot_id = p.id and p.status <> 'open';
