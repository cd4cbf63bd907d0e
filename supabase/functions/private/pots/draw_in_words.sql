-- What a pot's draw means, for whoever thinks of joining it: no more than it gives
create or replace function private.draw_in_words(p_draw_version integer)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return case p_draw_version
        when 1 then
            'Draw 1: a secret seed, fixed before the first ticket was sold, picks the winning ticket. '
            'Nobody can change it, but whoever knows it could buy the last tickets in a number that '
            'makes them win.'
        when 2 then
            'Draw 2: a secret seed, fixed before the first ticket was sold, and a public beacon pick '
            'the winning ticket together. The tickets are frozen and the seed is revealed before the '
            'beacon is given, so nobody can know or steer who wins. The proof carries the beacon''s '
            'own signature, which anybody can verify, and a witness outside can confirm that order.'
    end;
end $$;

comment on function private.draw_in_words(integer) is
'Which draw this is and what that means, in plain words.';

revoke all on function private.draw_in_words(integer)
from public, anon, authenticated, service_role;
