-- A second look raises the score of the open flag only, and weakens no effect; what a person judged
-- stays as it was judged; once the seed is out, nothing is flagged any more.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(12);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"max_tickets": 200, "max_per_user": 5}');
select join_from('ring ' || n, 'big', 5, '203.0.113.' || n, 'one phone') is null
from generate_series(1, 5) as g (n);
select join_honest('big', n) is null from generate_series(1, 20) as g (n);
select pass_time('1 hour');
select lock('big') ? 'lock_digest';
create temporary table at_lock on commit drop as
select f.* from private.flags as f where f.kind = 'shared_device';
select is(count(*), 5::bigint, 'five are flagged at lock') from at_lock;

select pass_time('1 second');
select is(
    private.scan_pot(pot_id('big'), 'reveal'), 0, 'looking again at the same finds nothing new'
);
select results_eq(
    $$ select f.* from private.flags as f where f.kind = 'shared_device' order by f.flag_id $$,
    $$ select f.* from at_lock as f order by f.flag_id $$,
    'and changes nothing'
);

update private.flags as f set score = 0.6, effect = 'note'
where f.kind = 'shared_device'
    and f.user_id in (user_id('ring 1'), user_id('ring 2'), user_id('ring 3'));
update private.flags as f
set status = 'cleared', reviewed_by = gen_random_uuid(), reviewed_at = private.now()
where f.kind = 'shared_device' and f.user_id = user_id('ring 2');
update private.flags as f
set status = 'uphold_proposed', proposed_by = gen_random_uuid(), proposed_at = private.now()
where f.kind = 'shared_device' and f.user_id = user_id('ring 3');
select is(private.scan_pot(pot_id('big'), 'reveal'), 1, 'one that is open and lower is raised');
select is(
    (
        select jsonb_agg(jsonb_build_array(f.player, f.effect, f.score = 0.6) order by f.player)
        from flags('big') as f where f.kind = 'shared_device'
    ),
    '[["ring 1", "hold", false], ["ring 2", "note", true], ["ring 3", "note", true],
    ["ring 4", "hold", false], ["ring 5", "hold", false]]',
    'what was reviewed, or proposed to uphold, is not'
);
select is(
    (
        select array_agg(distinct array[f.created_at, f.updated_at])
        from private.flags as f where f.user_id = user_id('ring 1') and f.kind = 'shared_device'
    ),
    array[array['2030-01-01 13:00:00Z', '2030-01-01 13:00:01Z']]::timestamptz[],
    'a raised flag says since when it is and when it was raised'
);
select is(
    (
        select f.phase from private.flags as f
        where f.user_id = user_id('ring 1') and f.kind = 'shared_device'
    ),
    'reveal', 'and by which look'
);
delete from private.flag_policies as p where p.kind = 'shared_device';
update private.flags as f set score = 0.6
where f.kind = 'shared_device' and f.user_id = user_id('ring 4');
select is(
    private.scan_pot(pot_id('big'), 'reveal'), 1, 'without a policy it is raised all the same'
);
select is(
    (
        select f.effect from private.flags as f
        where f.user_id = user_id('ring 4') and f.kind = 'shared_device' and f.score > 0.6
    ),
    'hold', 'and stays held'
);

select register_keys();
select attest('big') ? 'pot_id';
select claim('big') ? 'pot_id';
select reveal('big') ? 'pot_id';
update private.flags as f set score = 0.6, effect = 'note' where f.status = 'open';
select is(private.scan_pot(pot_id('big'), 'reveal'), 0, 'after the reveal nothing is raised');
delete from private.flags as f
where not exists (select from private.holding_flags as h where h.flag_id = f.flag_id);
select is(private.scan_pot(pot_id('big'), 'reveal'), 0, 'nor written');
select is(
    (
        select count(*) from flags('big') as f where f.effect = 'hold'
    ),
    0::bigint, 'so no flag is a last look'
);

select * from finish();
rollback;
