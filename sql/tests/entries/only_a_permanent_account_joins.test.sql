-- No sub, or one that is no uuid: login_required. Anonymous by claim or by row, or no such user:
-- not_allowed.

begin;
\ir ../support/helpers.sql
select plan(17);

select make_user('ann', 100);
select make_user('ghost', 100);
select open_pot('big');
update auth.users set is_anonymous = true where id = user_id('ghost');

select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'),
    'PT401', 'login_required', '{}', 'sub ' || c.claims::text, c.claims
)
from unnest(array[
    '{"sub": null}', '{"sub": ""}', '{"sub": "ann"}', '{"sub": 7}',
    '{"sub": "00000000-0000-0000-0000-00000000000g"}'
]::jsonb[]) as c (claims);
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'not_allowed', '{}',
    'anonymous by claim', '{"is_anonymous": true}'
);
select refused(
    'ghost', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'not_allowed', '{}',
    'anonymous by row'
);
select refused(
    'nobody', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT403', 'not_allowed', '{}',
    'no row in auth.users'
);
select lives_ok(
    $$
        select rpc(
            'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), '{"is_anonymous": false}'
        )
    $$,
    'a permanent account may'
);

select * from finish();
rollback;
