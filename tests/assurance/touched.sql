-- How often each function of ours was called and each table of ours was written to, also by what was
-- rolled back: kind, name, count. A database counts calls with track_functions = 'all'.
select 'function' as kind, format('%s.%s', f.schemaname, f.funcname) as name, f.calls as count
from pg_stat_user_functions as f
where f.schemaname in ('public', 'private')
union all
select 'table', format('%s.%s', t.schemaname, t.relname), t.n_tup_ins + t.n_tup_upd + t.n_tup_del
from pg_stat_user_tables as t
where t.schemaname in ('public', 'private')
