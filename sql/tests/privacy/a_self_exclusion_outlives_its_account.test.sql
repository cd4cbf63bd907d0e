-- Whoever is erased while self-excluded does not play by a new account of the same e-mail address
-- or phone number before the end.

begin;
\ir ../support/helpers.sql
select plan(11);

create function pg_temp.signs_up(p_name text, p_email text, p_phone text)
returns text
language plpgsql
as $$
declare
    v_joined jsonb;
begin
    perform make_user(p_name, 100);
    update auth.users set email = p_email, phone = p_phone where id = user_id(p_name);
    v_joined := join_pot(p_name, 'big', 1);
    return coalesce(
        (v_joined ->> 'message') || ' ' || (v_joined ->> 'details')::jsonb::text, 'joined'
    );
end $$;

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"max_tickets": 100, "fill_seconds": 86400}');
select make_user('ann');
update auth.users set email = 'ann@example.com', phone = '31201234567' where id = user_id('ann');
select is(
    pg_temp.signs_up('bob', 'bob@example.com', null), 'joined', 'nobody is excluded'
);
select rpc('ann', 'self_exclude', '{"days": 365}');
select is(
    rpc('pot_compliance:carol', 'erase_player', jsonb_build_object(
        'user_id', user_id('ann'), 'reason', 'asked to be'
    )) ->> 'self_excluded_until',
    '2031-01-01T12:00:00.000000Z', 'ann is erased, and the answer says what stays'
);
delete from auth.users where id = user_id('ann');
select ok(
    not exists (
        select from private.exclusion_marks as n where n::text ~ 'ann|example|31201234567'
    ),
    'neither address nor number is kept'
);
select is(
    pg_temp.signs_up(p.name, p.email, p.phone),
    'account_blocked {"until": "2031-01-01T12:00:00.000000Z", "reason": "self_excluded"}',
    'the same ' || p.name
)
from (values
    ('address', 'ann@example.com', null), ('suffix', 'Ann+new@Example.com', null),
    ('number', 'other@example.com', '+31 20 123 4567')
) as p (name, email, phone);
select is(
    pg_temp.signs_up('cem', 'cem@example.com', '31209999999'), 'joined', 'others play on'
);
select freeze_time('2031-01-01 12:00:00Z');
select is(
    private.excluded_until(user_id('address'), private.now()), null, 'it ends at its time'
);
select rpc('pot_compliance:carol', 'purge_expired');
select ok(
    not exists (select from private.exclusion_marks), 'after the end nothing is kept of it'
);
select open_pot('later');
select ok(join_pot('address', 'later', 1) ? 'entry_id', 'and who comes then may play');

select make_user('dot');
select rpc('dot', 'self_exclude', '{"days": 1}');
select pass_time('1 day');
select is(
    rpc('pot_compliance:carol', 'erase_player', jsonb_build_object(
        'user_id', user_id('dot'), 'reason', 'asked to be'
    )) -> 'self_excluded_until',
    'null', 'one that ends as its player is erased leaves nothing'
);

select * from finish();
rollback;
