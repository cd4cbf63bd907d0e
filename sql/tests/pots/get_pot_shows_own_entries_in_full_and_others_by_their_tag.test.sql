-- PotDetail is a different object for its reader: own entries with salt and id, others as the head
-- of their tag.

begin;
\ir ../support/helpers.sql
select plan(3);

select make_user('ann', 100);
select make_user('bob', 100);
select open_pot('big');
select join_pot('ann', 'big', 2);
select join_pot('bob', 'big', 3);

create temporary table entry on commit drop as
select
    case e.user_id when user_id('ann') then 'ann' else 'bob' end as player,
    e.entrant_tag,
    e.salt,
    jsonb_build_object(
        'entrant', left(e.entrant_tag, 16), 'ticket_count', e.ticket_count, 'first_ticket', null
    ) as seen_by_others,
    jsonb_build_object(
        'entry_id', e.id, 'entrant', left(e.entrant_tag, 16), 'entrant_tag', e.entrant_tag,
        'salt', e.salt, 'ticket_count', e.ticket_count, 'credits_spent', e.credits_spent,
        'first_ticket', null, 'created_at', private.json_time(e.created_at), 'mine', true
    ) as seen_by_owner
from public.pot_entries as e;

select is(
    rpc('anon', 'get_pot', on_pot('big')) -> 'entries',
    (select jsonb_agg(e.seen_by_others order by e.player desc) from entry as e),
    'a spectator sees both by tag, the newest first'
);
select is(
    rpc('ann', 'get_pot', on_pot('big')) -> 'entries',
    (
        select jsonb_agg(
            case e.player when 'ann' then e.seen_by_owner else e.seen_by_others end
            order by e.player desc
        )
        from entry as e
    ),
    'ann sees her own in full'
);
select cancel_entry('bob', 'big');
select is(
    jsonb_array_length(rpc('bob', 'get_pot', on_pot('big')) -> 'entries'), 1,
    'a cancelled entry is gone, for its owner too'
);

select * from finish();
rollback;
