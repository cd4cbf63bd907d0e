-- Splinter's lints 0028 and 0029: a SECURITY DEFINER function in an exposed schema that anon
-- (0028) or authenticated (0029) may execute. The advisor of Supabase's CLI does not have them yet.
begin;
select plan(4);

create function pg_temp.exposed_definers(p_role name)
returns setof text
language sql
as $$
    select f.proname::text
    from pg_proc as f
    where
        f.pronamespace = 'public'::regnamespace
        and f.prosecdef
        and has_function_privilege(p_role, f.oid, 'execute')
$$;

select is_empty(
    $$ select * from pg_temp.exposed_definers('anon') $$,
    '0028: anon executes no SECURITY DEFINER function in public'
);
select is_empty(
    $$ select * from pg_temp.exposed_definers('authenticated') $$,
    '0029: authenticated executes no SECURITY DEFINER function in public'
);

alter function public.get_pot(uuid) security definer;
select set_eq(
    $$ select * from pg_temp.exposed_definers('anon') $$,
    array['get_pot'],
    'and one that became SECURITY DEFINER is found for anon'
);
select set_eq(
    $$ select * from pg_temp.exposed_definers('authenticated') $$,
    array['get_pot'],
    'and for authenticated'
);

select * from finish();
rollback;
