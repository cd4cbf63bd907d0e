-- What the archive has of a pot, by hash: of each table SHA-256 over the SHA-256 of each row's line
create or replace function private.archive_digests(p_pot_id uuid, p_month date)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_object_agg(
        n.name,
        jsonb_build_object('rows', d.lines, 'digest', encode(sha256(d.hashes), 'hex'))
    )
    from unnest(private.archive_tables()) as n (name)
    cross join lateral (
        select
            count(*) as lines,
            coalesce(
                string_agg(sha256(convert_to(l.line, 'UTF8')), ''::bytea order by l.place), ''
            ) as hashes
        from private.archive_lines(p_pot_id, p_month, n.name) with ordinality as l (line, place)
    ) as d
$$;

comment on function private.archive_digests(uuid, date) is
'{table: {rows, digest}} of what the archive has of a pot: SHA-256 over the SHA-256 of each line '
'of archive_lines.';

revoke all on function private.archive_digests(uuid, date)
from public, anon, authenticated, service_role;
