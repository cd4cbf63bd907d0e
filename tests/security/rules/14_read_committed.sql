-- What every public writer calls first refuses a transaction of one snapshot: such a one would not
-- see what was committed while it waited for a lock, and may fail with 40001 at its commit.
select format('%s does not require read committed', f.oid::regprocedure)
from pg_proc as f
inner join pg_proc as w on f.proname = w.proname
where w.pronamespace = 'public'::regnamespace
    and w.provolatile = 'v'
    and f.pronamespace = 'private'::regnamespace
    and f.prosrc !~ '\mprivate\.(require_read_committed|hold_pot|open_wallet)\('
