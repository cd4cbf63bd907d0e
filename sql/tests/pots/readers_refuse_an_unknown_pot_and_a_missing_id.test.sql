-- Every reader of one pot: NULL is no argument, and an unknown id is told as such.

begin;
\ir ../support/helpers.sql
select plan(28);

select refused(
    'anon', r.reader, '{"pot_id": null}',
    'PT422', 'invalid_argument', '{"argument": "pot_id", "expected": "a value"}',
    r.reader || ' of NULL'
)
from unnest('{get_pot,get_proof,list_lock_entries,get_audit_chain}'::text[]) as r (reader);
select refused(
    'anon', r.reader, on_pot('nowhere'), 'PT404', 'pot_not_found', '{}', r.reader || ' of nowhere'
)
from unnest('{get_pot,get_proof,list_lock_entries,get_audit_chain}'::text[]) as r (reader);
select refused(
    'anon', r.reader, on_pot('nowhere', jsonb_build_object('page_size', r.size)),
    'PT422', 'invalid_argument', '{"argument": "page_size", "expected": "1 to 1000"}',
    format('%s of %s rows', r.reader, coalesce(r.size::text, 'NULL'))
)
from (
    select *
    from unnest('{list_lock_entries,get_audit_chain}'::text[]) as f (reader)
    cross join unnest('{NULL,0,1001}'::integer[]) as s (size)
) as r;

select * from finish();
rollback;
