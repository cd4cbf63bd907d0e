-- From the lock on there is nothing left to halt but the draw, which is what void_pot is for.

begin;
\ir ../support/helpers.sql
select plan(4);

select open_pot('big');
select bring_to('big', 'locked');
select refused(
    'pot_compliance:carol', f.name, on_pot('big', '{"reason": "a look"}'),
    'PT409', 'wrong_state', '{"status": "locked", "paused": false}', f.name
)
from unnest('{pause_pot,resume_pot}'::text[]) as f (name);

select * from finish();
rollback;
