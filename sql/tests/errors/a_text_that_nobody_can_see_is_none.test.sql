-- Characters that show nothing make no reason, whatever Unicode calls them; beside one that shows
-- something they may stand.

begin;
\ir ../support/helpers.sql
select plan(78);

create temporary table invisible on commit drop as
select
    c.code,
    chr(c.code) as text
from unnest(array[
    9, 32, 133, 160, 5760, 8192, 8199, 8232, 8239, 8287, 12288, -- white space
    10240, -- the blank Braille pattern
    173, 847, 1564, 4447, 4448, 6068, 6155, 6158, 8203, 8205, 8207, 8238, 8288, 8303,
    12644, 65039, 65279, 65440, 65520, 113824, 119155, 917505, 917631, 917999
]) as c (code);
select refused(
    'pot_compliance:carol', 'pause_pot',
    on_pot('nowhere', jsonb_build_object('reason', repeat(i.text, 3))),
    'PT422', 'invalid_argument', '{"argument": "reason", "expected": "1 to 500 characters"}',
    'U+' || upper(to_hex(i.code))
)
from invisible as i;
select refused(
    'pot_compliance:carol', 'pause_pot',
    on_pot('nowhere', jsonb_build_object('reason', string_agg(i.text, ''))),
    'PT422', 'invalid_argument', '{"argument": "reason", "expected": "1 to 500 characters"}',
    'all of them together'
)
from invisible as i;
select lives_ok(
    $$
    select private.require_text('reason', i.text || w.word || i.text, 500)
    from unnest('{a,ю,ア,한,ᄀ,👩‍👧,⠁,.}'::text[]) as w (word)
    cross join invisible as i
    $$,
    'anything that shows is a text'
);
select lives_ok(
    $$ select private.require_text('reason', repeat('ü', 500), 500) $$, 'so many characters may be'
);
select refused(
    'pot_compliance:carol', 'pause_pot',
    on_pot('nowhere', jsonb_build_object('reason', repeat('ü', 501))),
    'PT422', 'invalid_argument', '{"argument": "reason", "expected": "1 to 500 characters"}',
    'and no more'
);

select * from finish();
rollback;
