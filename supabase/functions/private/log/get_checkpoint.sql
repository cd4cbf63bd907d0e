-- The note is put together again from the text and the signatures, so that the ones that come later
-- are in it.
create or replace function private.get_checkpoint(p_size bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_size bigint := coalesce(
        p_size, (select c.size from private.log_checkpoints as c order by c.size desc limit 1)
    );
begin
    return (
        select jsonb_build_object(
            'origin', split_part(c.text, E'\n', 1),
            'size', c.size,
            'root', split_part(c.text, E'\n', 3),
            'note', c.text || E'\n' || (
                select string_agg(format(E'— %s %s\n', s.name, s.value), '' order by s.place)
                from private.log_signatures as s
                where s.size = c.size
            ),
            'cosignatures', (
                select count(*)
                from private.log_signatures as s
                where s.size = c.size and s.is_cosignature
            ),
            'published_at', private.json_time(c.created_at)
        )
        from private.log_checkpoints as c
        where c.size = v_size
    );
end $$;

comment on function private.get_checkpoint(bigint) is
'Definer half of public.get_checkpoint.';

revoke all on function private.get_checkpoint(bigint)
from public, anon, authenticated, service_role;
grant execute on function private.get_checkpoint(bigint)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
