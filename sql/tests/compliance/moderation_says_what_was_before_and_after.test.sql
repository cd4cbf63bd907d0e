-- paused, resumed and voided carry the pot before and after; a repeated call is answered without.

begin;
\ir ../support/helpers.sql
select plan(6);

create function pg_temp.change(p_action text)
returns jsonb
language sql
as $$
    select jsonb_build_array(a.metadata -> 'before', a.metadata -> 'after')
    from public.pots_audit as a
    where a.pot_id = pot_id('big') and a.action = p_action
    order by a.seq desc
    limit 1
$$;
create temporary table answer (call text, body jsonb) on commit drop;

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"fill_seconds": 60}');
select freeze_time('2030-01-01 12:00:20Z');
insert into answer
select 'pause_pot', rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select is(
    pg_temp.change('paused'),
    '[
        {
            "status": "open", "paused": false, "paused_at": null, "pause_reason": null,
            "locks_at": "2030-01-01T12:01:00.000000Z"
        },
        {
            "status": "open", "paused": true, "paused_at": "2030-01-01T12:00:20.000000Z",
            "pause_reason": "a look", "locks_at": "2030-01-01T12:01:00.000000Z"
        }
    ]',
    'a pause'
);
select is(
    rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "again"}')), a.body,
    'is answered again as it was'
)
from answer as a
where a.call = 'pause_pot';
select freeze_time('2030-01-01 12:00:50Z');
insert into answer
select 'resume_pot', rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "ok"}'));
select is(
    pg_temp.change('resumed'),
    '[
        {
            "status": "open", "paused": true, "paused_at": "2030-01-01T12:00:20.000000Z",
            "pause_reason": "a look", "locks_at": "2030-01-01T12:01:00.000000Z"
        },
        {
            "status": "open", "paused": false, "paused_at": null, "pause_reason": null,
            "locks_at": "2030-01-01T12:01:30.000000Z"
        }
    ]',
    'a resumption'
);
select is(
    rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "again"}')), a.body,
    'is answered again as it was'
)
from answer as a
where a.call = 'resume_pot';
select bring_to('big', 'locked');
select rpc('pot_compliance:carol', 'void_pot', on_pot('big', '{"reason": "collusion"}'));
select is(
    jsonb_build_array(
        pg_temp.change('voided') -> 0 -> 'status', pg_temp.change('voided') -> 1 -> 'status'
    ),
    '["locked", "cancelled"]', 'a void'
);
select is(
    (
        select count(*)
        from public.pots_audit as a
        where a.payload::jsonb -> 'metadata' ?& '{before,after}'
            and a.actor_id = (a.payload::jsonb ->> 'actor')::uuid
            and a.payload::jsonb ->> 'reason' = a.reason
    ),
    3::bigint, 'all of it is in what the chain hashes, with actor and reason'
);

select * from finish();
rollback;
