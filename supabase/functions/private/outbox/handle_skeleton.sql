-- What is left of a handle when what the eye does not tell apart is one: case, O and 0, I, l and 1,
-- S and 5, Z and 2, B and 8, rn and m, vv and w; underscores do not count
create or replace function private.handle_skeleton(p_handle text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
    select replace(replace(
        translate(lower(p_handle collate "C"), '01i528_', 'ollszb'), 'rn', 'm'
    ), 'vv', 'w')
$$;

comment on function private.handle_skeleton(text) is
'A handle without what the eye does not tell apart; two that look alike have one skeleton.';

revoke all on function private.handle_skeleton(text)
from public, anon, authenticated, service_role;
