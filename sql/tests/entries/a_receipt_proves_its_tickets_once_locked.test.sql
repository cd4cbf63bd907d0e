-- Before lock: salt, tag and seq. From lock on also first_ticket and merkle_path, from which anyone
-- computes entries_root and the first ticket (contract, section 5). What was there before the lock
-- is there after it, unchanged.

begin;
\ir ../support/helpers.sql
select plan(8);

select make_user('ann', 100);
select open_pot('big', '{"max_tickets": 11, "max_per_user": 3}');
select join_pot('ann', 'big', 2);
select is(
    array(
        select jsonb_object_keys(rpc('ann', 'my_receipt', jsonb_build_object(
            'entry_id', entry_id('ann', 'big')
        )))
        order by 1
    ),
    '{entrant_tag,entry_id,pot_id,salt,seq,ticket_count}', 'an open pot has numbered nothing'
);
create temporary table early on commit drop as
select rpc('ann', 'my_receipt', jsonb_build_object('entry_id', entry_id('ann', 'big'))) as body;
select is(
    e.body,
    jsonb_build_object(
        'entry_id', p.id, 'pot_id', p.pot_id, 'seq', p.seq, 'ticket_count', 2,
        'salt', p.salt, 'entrant_tag', encode(
            extensions.hmac(
                uuid_send(p.pot_id) || uuid_send(p.user_id), decode(p.salt, 'hex'), 'sha256'
            ),
            'hex'
        )
    ),
    'the tag of an early receipt opens with its salt, and the place in the queue is known'
)
from early as e
cross join public.pot_entries as p
where p.id = entry_id('ann', 'big');
select bring_to('big', 'locked');

create temporary table receipt on commit drop as
select rpc(
    case e.user_id when user_id('ann') then 'ann' else n.name end,
    'my_receipt', jsonb_build_object('entry_id', e.id)
) as body
from public.pot_entries as e
left join unnest('{big 1,big 2,big 3,big 4,big 5}'::text[]) as n (name)
    on e.user_id = user_id(n.name);

select ok(
    (
        select r.body @> e.body from receipt as r
        cross join early as e
        where r.body -> 'entry_id' = e.body -> 'entry_id'
    ),
    'a receipt of before the lock still holds after it'
);
select is(
    (
        select array_agg(r.body -> 'seq' order by (r.body -> 'first_ticket')::integer)
        from receipt as r
    ),
    (select array_agg(r.body -> 'seq' order by (r.body -> 'seq')::bigint) from receipt as r),
    'tickets are numbered in the order of seq'
);

create function pg_temp.root_of(p_receipt jsonb)
returns jsonb
language plpgsql
as $$
declare
    v_sum bigint := (p_receipt ->> 'ticket_count')::bigint;
    v_first bigint := 0;
    v_node bytea := sha256(
        '\x00' || convert_to('pots/entry/v1', 'UTF8') || '\x00'
        || uuid_send((p_receipt ->> 'pot_id')::uuid) || int4send(v_sum::integer)
        || decode(p_receipt ->> 'entrant_tag', 'hex')
    );
    v_step jsonb;
    v_other bytea;
begin
    for v_step in select s.value from jsonb_array_elements(p_receipt -> 'merkle_path') as s loop
        v_other := int8send((v_step ->> 'sum')::bigint) || decode(v_step ->> 'hash', 'hex');
        if v_step ->> 'side' = 'left' then
            v_node := sha256('\x01' || v_other || int8send(v_sum) || v_node);
            v_first := v_first + (v_step ->> 'sum')::bigint;
        else
            v_node := sha256('\x01' || int8send(v_sum) || v_node || v_other);
        end if;
        v_sum := v_sum + (v_step ->> 'sum')::bigint;
    end loop;
    return jsonb_build_object('root', encode(v_node, 'hex'), 'sum', v_sum, 'first', v_first);
end $$;
select is(
    pg_temp.root_of(r.body),
    jsonb_build_object(
        'root', (pot('big')).entries_root, 'sum', 11, 'first', r.body -> 'first_ticket'
    ),
    format('the path of ticket %s leads to the root', r.body -> 'first_ticket')
)
from receipt as r;

select * from finish();
rollback;
