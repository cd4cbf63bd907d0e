-- Limits and breaks are of a player: nobody, an anonymous sign-in and an unknown user have none.

begin;
\ir ../support/helpers.sql
select plan(18);

select make_user('ann');
select make_user('ghost');
update auth.users set is_anonymous = true where id = user_id('ghost');

select refused(
    w.who, f.name, f.arguments, w.code, w.token, '{}', w.what || ': ' || f.name, w.claims
)
from (values
    ('set_play_limits', '{"day": 100, "week": null, "month": null}'::jsonb),
    ('start_cool_off', '{"hours": 24}'),
    ('self_exclude', '{"days": 180}')
) as f (name, arguments)
cross join (values
    ('ann', 'PT401', 'login_required', 'no sub', '{"sub": null}'::jsonb),
    ('ghost', 'PT403', 'not_allowed', 'an anonymous sign-in', '{}'),
    ('nobody', 'PT403', 'not_allowed', 'an unknown user', '{}')
) as w (who, code, token, what, claims);

select * from finish();
rollback;
