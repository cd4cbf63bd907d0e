-- Due or full with fewer than min_participants: everybody gets everything back, cancelled entries
-- nothing twice.

begin;
\ir ../support/helpers.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select make_user('bob', 100);
select open_pot('big', '{"fill_seconds": 60, "min_participants": 3}');
select open_pot('alone', '{"max_tickets": 2, "max_per_user": 2}');
select join_pot('ann', 'big', 2);
select join_pot('ann', 'big', 1);
select join_pot('bob', 'big', 1);
select cancel_entry('bob', 'big');
select join_pot('bob', 'big', 4);
select join_pot('ann', 'alone', 2);

select is(
    lock('alone') ->> 'cause', 'lack_of_players', 'a full pot of one player needs two'
);
select freeze_time('2030-01-01 12:01:00Z');
create temporary table answer on commit drop as select lock('big') as body;
select is(
    a.body,
    on_pot('big', '{
        "status": "cancelled", "cause": "lack_of_players", "commit_hash": null,
        "lock_digest": null, "total_tickets": null, "entries_root": null, "locked_at": null,
        "cancelled_at": "2030-01-01T12:01:00.000000Z", "entries_refunded": 3,
        "credits_refunded": 70
    }'),
    'three live entries refunded'
)
from answer as a;
select is(array[balance('ann'), balance('bob')], '{100,100}', 'both have all their credits');
select is(array[escrow('big'), escrow('alone')], '{0,0}', 'the escrows are empty');
select is(chain('big'), '{created,cancelled}', 'its chain says so');
select look_at_tables();
select is(lock('big'), a.body, 'called again: the first answer') from answer as a;
select is(changed_tables(), '{}', 'and nothing changed');
select is(
    rpc('anon', 'get_proof', on_pot('big')),
    a.body || jsonb_build_object('refunds', (
        select jsonb_agg(
            jsonb_build_object(
                'entrant', left(e.entrant_tag, 16), 'ticket_count', e.ticket_count,
                'credits', e.credits_spent
            )
            order by e.seq
        )
        from public.pot_entries as e
        where e.pot_id = pot_id('big') and e.cancelled_at is null
    )),
    'get_proof tells why and lists the refunds'
)
from answer as a;

select * from finish();
rollback;
