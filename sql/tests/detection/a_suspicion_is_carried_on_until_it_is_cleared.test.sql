-- Who was suspected together is suspected together in the next pots, whatever these show; alone, or
-- cleared since, or after 90 days, nobody is.

begin;
\ir ../support/helpers.sql
\ir ../support/crowds.sql
select plan(10);

select open_pot('first', '{"max_tickets": 200, "max_per_user": 5}');
select join_honest('first', n) is null from generate_series(1, 20) as g (n);
select join_from('ring ' || n, 'first', 5, '203.0.113.' || n, 'one phone') is null
from generate_series(1, 5) as g (n);
select join_honest('first', n) is null from generate_series(21, 40) as g (n);
select pass_time('1 hour');
select lock('first') ? 'lock_digest';
select is(suspects('first'), '{ring 1,ring 2,ring 3,ring 4,ring 5}', 'the ring is held');

-- Other devices and addresses, one ticket, not one after the other: this pot shows nothing of it.
create function pg_temp.play(p_pot text, p_strangers integer, p_members integer[])
returns void
language plpgsql
as $$
begin
    perform open_pot(p_pot, '{"max_tickets": 200, "max_per_user": 5}');
    for v_n in 1..40 loop
        perform join_honest(p_pot, p_strangers + v_n);
        if v_n % 13 = 0 and p_members[v_n / 13] is not null then
            perform join_from(
                'ring ' || p_members[v_n / 13], p_pot, 1,
                '198.51.100.' || v_n, 'phone of ' || p_members[v_n / 13]
            );
        end if;
    end loop;
    perform pass_time('1 hour');
    perform lock(p_pot);
end $$;
select pg_temp.play('second', 100, '{1,2}') is null;
select is(suspects('second'), '{ring 1,ring 2}', 'two of them are held again');
select is(
    (
        select jsonb_agg(distinct f.evidence - 'group' - 'earlier_score')
        from flags('second') as f
        where f.kind = 'earlier_suspicion'
    ),
    '[{"members": 2, "earlier_pots": 1, "earlier_suspected": 1}]',
    'for what the first pot showed'
);
select pg_temp.play('alone', 200, '{3}') is null;
select is(suspects('alone'), '{}', 'one of them alone is not');
select is(
    (select jsonb_agg(jsonb_build_array(f.player, f.kind, f.effect)) from flags('alone') as f),
    '[["ring 3", "known_member", "note"]]', 'but noted, for a kind of its own'
);

-- A person cleared one of them: what was suspected before is forgotten of that player.
update private.flags as f
set
    status = 'cleared', reviewed_at = private.now(), reviewed_by = gen_random_uuid(),
    reason = 'a person of their own'
where f.user_id = user_id('ring 1');
select pg_temp.play('third', 300, '{1,2}') is null;
select is(suspects('third'), '{}', 'not with one who was cleared');
select pg_temp.play('fourth', 400, '{1,2,3}') is null;
select is(suspects('fourth'), '{ring 2,ring 3}', 'but the others with each other');
select is(
    (
        select jsonb_object_agg(f.player, f.evidence -> 'earlier_pots')
        from flags('fourth') as f
        where f.kind = 'earlier_suspicion'
    ),
    '{"ring 1": 3, "ring 2": 3, "ring 3": 1}',
    'for the pots in which they met: where one of them was alone it met nobody'
);

select pass_time('91 days');
select pg_temp.play('late', 500, '{4,5}') is null;
select is(suspects('late'), '{}', 'not after 90 days');
select is(
    (
        select count(*)
        from private.flags as f
        where f.kind in ('earlier_suspicion', 'known_member') and f.pot_id = pot_id('late')
    ),
    0::bigint,
    'and no suspicion comes of a suspicion that was itself carried on'
);

select * from finish();
rollback;
