-- set_my_handle: the form, what looks alike, whose it is, and that it can be taken back.

begin;
\ir ../support/helpers.sql
select plan(69);

select make_user(n.name)
from unnest('{ann,bob}'::text[]) as n (name);
create function pg_temp.handle(p_handle text)
returns jsonb
language sql
as $$
    select jsonb_build_object('handle', p_handle)
$$;

select is(
    rpc('ann', 'set_my_handle', pg_temp.handle('Lucky_Ann')), '{"handle": "Lucky_Ann"}', 'set'
);
select is(
    rpc('ann', 'set_my_handle', pg_temp.handle('Lucky_Ann')), '{"handle": "Lucky_Ann"}',
    'again: the same'
);
select is(
    (select array_agg(e.data) from private.events as e where e.kind = 'player_handle_set'),
    array['{"is_set": true}'::jsonb], 'one event, which does not tell it'
);
select refused(
    'bob', 'set_my_handle', pg_temp.handle(h.handle), 'PT422', 'invalid_argument',
    '{"argument": "handle", "expected": "one that nobody else has, or one like it"}',
    h.handle || ' looks like it'
)
from unnest('{Lucky_Ann,lucky_ann,LuckyAnn,LUCKY__ANN}'::text[]) as h (handle);
select is(
    rpc('bob', 'set_my_handle', pg_temp.handle('SOl1_rn')), '{"handle": "SOl1_rn"}', 'bob''s own'
);
select refused(
    'ann', 'set_my_handle', pg_temp.handle(h.handle), 'PT422', 'invalid_argument',
    '{"argument": "handle", "expected": "one that nobody else has, or one like it"}',
    h.handle || ' looks like SOl1_rn'
)
from unnest('{S0lIm,so11m,SOLIRN,sOiLrn}'::text[]) as h (handle);
select refused(
    'bob', 'set_my_handle', pg_temp.handle(h.handle), 'PT422', 'invalid_argument',
    jsonb_build_object(
        'argument', 'handle',
        'expected', '3 to 20 of A-Z, a-z, 0-9 and _, a letter first, not an officer''s name'
    ),
    quote_literal(h.handle) || h.what
)
from (values
    ('', ': nothing'), ('ab', ': short'), (repeat('a', 21), ': long'), ('1abc', ': a digit first'),
    ('_abc', ': an underscore first'), ('ann bob', ': a space'), ('ann' || chr(10), ': a line'),
    (E'an\u200bn', ': invisible'), (E'\u0430nn', ': Cyrillic'), (E'\u00e4nn', ': an umlaut'),
    (E'ann\u202e', ': right to left'), (E'\uff41nn', ': fullwidth'), ('ann-bob', ': a hyphen'),
    ('abcdef0123456789', ': an entrant tag'), ('ABCDEF0123456789', ': in capitals'),
    ('admin', ': an officer'), ('Adm1n_7', ': like an officer'), ('M0DERATOR', ': likewise'),
    ('supp0rt', ': likewise'), ('Staff_of_pots', ': likewise'), ('5upport', ': likewise')
) as h (handle, what);

select is(
    private.public_handle(user_id('ann'), repeat('ab', 32)), 'Lucky_Ann', 'it is shown'
);
select is(
    rpc('ann', 'set_my_handle', pg_temp.handle(null)), '{"handle": null}', 'taken back'
);
select is(
    private.public_handle(user_id('ann'), repeat('ab', 32)), repeat('ab', 8), 'gone everywhere'
);
select is(
    rpc('bob', 'set_my_handle', pg_temp.handle('LuckyAnn')), '{"handle": "LuckyAnn"}',
    'then another may have it'
);
select is(
    (select count(*) from private.player_handles), 1::bigint, 'a player has one'
);
select refused(
    'nobody', 'set_my_handle', pg_temp.handle('Nobody'), 'PT403', 'not_allowed', '{}',
    'not one who is no user'
);

select * from finish();
rollback;
