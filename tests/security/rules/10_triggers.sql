-- Triggers are named tg_<table>__<task>, call a function of ours and fire whatever
-- session_replication_role says: a replica's session would bypass the others.
select format('trigger %s on %s %s', t.tgname, t.tgrelid::regclass, c.complaint)
from pg_trigger as t
inner join pg_class as r on t.tgrelid = r.oid
inner join pg_proc as f on t.tgfoid = f.oid
cross join lateral (
    values
    (t.tgname !~ ('^tg_' || r.relname || '__[a-z_]+$'), 'is not named tg_<table>__<task>'),
    (f.pronamespace <> 'private'::regnamespace, 'calls a function that is not in private'),
    (t.tgenabled <> 'A', 'is not ENABLE ALWAYS')
) as c (is_so, complaint)
where
    r.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and not t.tgisinternal
    and c.is_so
