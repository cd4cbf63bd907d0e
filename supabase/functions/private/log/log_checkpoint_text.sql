-- The root is read from the stored tree, so that text and proofs are always of one log.
create or replace function private.log_checkpoint_text(p_size bigint)
returns text
language plpgsql
stable
strict
set search_path = ''
as $$
begin
    return format(
        E'%s\n%s\n%s\n',
        (select s.log_origin from private.settings as s),
        p_size,
        encode(private.log_range_hash(0, p_size), 'base64')
    );
end $$;

comment on function private.log_checkpoint_text(bigint) is
'The text of the log''s checkpoint at a size, three lines: origin, size and root in base64 '
'(c2sp.org/tlog-checkpoint).';

revoke all on function private.log_checkpoint_text(bigint)
from public, anon, authenticated, service_role;
