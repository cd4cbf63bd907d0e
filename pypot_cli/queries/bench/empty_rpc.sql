-- What a call costs that does nothing: the request, and no more.
create function public.bench_nothing()
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
begin
    return '{}';
end $$;

grant execute on function public.bench_nothing() to authenticated;
