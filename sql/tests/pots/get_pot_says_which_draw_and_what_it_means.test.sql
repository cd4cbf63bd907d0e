-- Anybody reads in plain words which draw decides a pot, before joining it.

begin;
\ir ../support/helpers.sql
select plan(4);

select open_pot('plain');
select open_pot('big', '{"draw_version": 2}');
select is(
    rpc('anon', 'get_pot', on_pot('plain')) #>> '{fairness,draw}',
    'Draw 1: a secret seed, fixed before the first ticket was sold, picks the winning ticket. '
    'Nobody can change it, but whoever knows it could buy the last tickets in a number that makes '
    'them win.',
    'draw 1, honestly'
);
select is(
    rpc('anon', 'get_pot', on_pot('big')) #>> '{fairness,draw}',
    'Draw 2: a secret seed, fixed before the first ticket was sold, and a public beacon pick the '
    'winning ticket together. The tickets are frozen and the seed is revealed before the beacon is '
    'given, so nobody can know or steer who wins. The proof carries the beacon''s own signature, '
    'which anybody can verify, and a witness outside can confirm that order.',
    'draw 2'
);
select is(
    (
        select jsonb_object_agg(p ->> 'id', p -> 'draw_version')
        from jsonb_array_elements(rpc('anon', 'list_pots')) as p
    ),
    jsonb_build_object(pot_id('plain'), 1, pot_id('big'), 2), 'and the lobby lists it'
);
select is(
    private.draw_in_words(p.draw_version), null, 'there is no draw ' || p.draw_version
)
from (values (3)) as p (draw_version);

select * from finish();
rollback;
