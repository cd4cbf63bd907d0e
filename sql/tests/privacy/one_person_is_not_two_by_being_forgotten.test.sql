-- Four eyes are two pseudonyms, and an erasure makes a pseudonym nobody's. So nobody erases
-- themselves, and who was erased by somebody else acts no more.

begin;
\ir ../support/helpers.sql
select plan(13);

select open_pot('n', '{"max_tickets": 7, "max_per_user": 3}');
select bring_to('n', 'settling');
create temporary table flags on commit drop as select flag(winner('n'), 'n') as one;
select reveal('n');
select is(
    review('carol', f.one, 'uphold') ->> 'status', 'uphold_proposed', 'carol proposes to uphold'
)
from flags as f;
select refused(
    'pot_compliance:carol', 'erase_player',
    jsonb_build_object('user_id', user_id('carol'), 'reason', 'to be another'),
    'PT403', 'not_allowed', '{"reason": "oneself"}', 'and cannot become another'
);
select is(
    (
        select count(*)
        from private.actors as a
        where a.subject = user_id('carol')::text
    ), 1::bigint, 'her pseudonym is hers'
);
select ok(
    rpc('pot_compliance:dave', 'erase_player', jsonb_build_object(
        'user_id', user_id('carol'), 'reason', 'she left'
    )) ? 'erased_at', 'dave erases her, who has left'
);
select refused(
    'pot_compliance:carol', 'review_flag',
    jsonb_build_object('flag_id', f.one, 'decision', 'uphold', 'reason', 'again'),
    'PT403', 'not_allowed', '{}', 'a token that she has left confirms nothing'
)
from flags as f;
select refused(
    'pot_compliance:carol', c.name, c.arguments, 'PT403', 'not_allowed', '{}',
    c.name || ' is not hers any more'
)
from (values
    ('void_pot', on_pot('n', '{"reason": "again"}')),
    ('list_flags', '{}'::jsonb)
) as c (name, arguments);
select is(
    (select g.status from private.flags as g inner join flags as f on g.flag_id = f.one),
    'uphold_proposed', 'the flag waits'
);
select is(review('erin', f.one, 'uphold') ->> 'payout', 'returned', 'for a second person')
from flags as f;

select * from finish();
rollback;
