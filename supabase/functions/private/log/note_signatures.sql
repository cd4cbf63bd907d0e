-- Expects lines that publish_checkpoint has seen to be signature lines.
create or replace function private.note_signatures(p_lines text)
returns table (place bigint, name text, value bytea)
language plpgsql
immutable
strict
set search_path = ''
as $$
begin
    return query
    select l.place, split_part(l.line, ' ', 2), decode(split_part(l.line, ' ', 3), 'base64')
    from string_to_table(rtrim(p_lines, E'\n'), E'\n') with ordinality as l (line, place);
end $$;

comment on function private.note_signatures(text) is
'The signature lines of a signed note (c2sp.org/signed-note), in order: name, and 4 bytes of key '
'id with the signature after them. The lines have the form of such lines.';

revoke all on function private.note_signatures(text)
from public, anon, authenticated, service_role;
