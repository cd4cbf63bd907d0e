-- The witness of a proof is the checkpoint that most witnesses cosigned in time, or else the first
-- cosigned one, that holds both the lock and the reveal, with both rows and their paths: nothing
-- while there is none.

begin;
\ir ../support/helpers.sql
select plan(15);

update private.settings set log_origin = 'log.example/pots' where only_row;
-- Cosigned by so many, at a second since 1970.
create function pg_temp.checkpoint(p_cosigned integer, p_second bigint default 0)
returns bigint
language plpgsql
as $$
declare
    v_size bigint := private.sequence_log();
begin
    return rpc('pot_orchestrator', 'publish_checkpoint', jsonb_build_object(
        'note', concat(
            private.log_checkpoint_text(v_size), E'\n— log.example/pots ', repeat('AAAA', 22), 'AAA=',
            (
                select string_agg(
                    format(E'\n— w.example/%s ', w)
                    || encode('\x00000000'::bytea || private.u64(p_second), 'base64')
                    || repeat('AAAA', 21) || 'AA==',
                    ''
                )
                from generate_series(1, p_cosigned) as w
            ),
            E'\n'
        )
    )) ->> 'size';
end $$;
create temporary table known (name text, size bigint) on commit drop;

select open_pot('one');
select bring_to('one', 'settling');
insert into known values ('at lock', pg_temp.checkpoint(1));
select is(private.pot_witness(pot_id('one')), null, 'not before the reveal');
select reveal('one');
select is(private.pot_witness(pot_id('one')), null, 'not while its row waits for the log');
insert into known values ('unwitnessed', pg_temp.checkpoint(0));
select is(private.pot_witness(pot_id('one')), null, 'not by the log''s own signature');
select open_pot('two');
insert into known values ('witnessed', pg_temp.checkpoint(1));
select open_pot('three');
insert into known values ('later', pg_temp.checkpoint(1));

select is(
    private.pot_witness(pot_id('one')) ->> 'checkpoint',
    rpc('anon', 'get_checkpoint', jsonb_build_object('size', k.size)) ->> 'note',
    'the first checkpoint that was cosigned after both'
)
from known as k where k.name = 'witnessed';
select is(
    private.pot_witness(pot_id('one')) -> 'rows',
    (
        select jsonb_agg(
            jsonb_build_object(
                'action', a.action, 'seq', a.seq, 'created_at', private.json_time(a.created_at),
                'prev_hash', a.prev_hash, 'payload', a.payload, 'leaf_index', l.leaf_index,
                'path', private.log_inclusion_path(l.leaf_index, k.size)
            )
            order by a.seq
        )
        from public.pots_audit as a
        inner join private.log_leaves as l on a.id = l.audit_id
        where a.pot_id = pot_id('one') and a.action in ('locked', 'revealed')
    ),
    'the rows of lock and reveal, and their paths in it'
)
from known as k where k.name = 'witnessed';
select is(
    (
        select array_agg(r.value ->> 'action')
        from jsonb_array_elements(private.pot_witness(pot_id('one')) -> 'rows') as r
    ),
    '{locked,revealed}', 'in this order'
);
select is(private.pot_witness(pot_id('two')), null, 'a pot that is open has none');
select ok(
    not rpc('anon', 'get_proof', on_pot('one')) ? 'witness', 'the proof of draw 1 has no witness'
);
select lock_for_the_beacon();
select open_pot('four', '{"draw_version": 2}');
select bring_to('four', 'settled');
select is(
    rpc('anon', 'get_proof', on_pot('four')) -> 'witness', 'null',
    'that of draw 2 says that there is none'
);
insert into known values ('of draw 2', pg_temp.checkpoint(1));
select is(
    rpc('anon', 'get_proof', on_pot('four')) -> 'witness', private.pot_witness(pot_id('four')),
    'or what there is, also after the pot was settled'
);
select is(
    private.pot_witness(pot_id('four')) ->> 'checkpoint',
    rpc('anon', 'get_checkpoint', jsonb_build_object('size', k.size)) ->> 'note',
    'the first, as long as as many signed it as any'
)
from known as k where k.name = 'of draw 2';
select open_pot('five');
insert into known values ('by two', pg_temp.checkpoint(2));
select open_pot('six');
insert into known values ('too late', pg_temp.checkpoint(3, 4294967295));
select is(
    private.pot_witness(pot_id('four')) ->> 'checkpoint',
    rpc('anon', 'get_checkpoint', jsonb_build_object('size', k.size)) ->> 'note',
    'the one that most witnesses signed before the beacon'
)
from known as k where k.name = 'by two';
select open_pot('seven');
insert into known
select 'as late', pg_temp.checkpoint(3, extract(epoch from s.beacon_at)::bigint)
from private.pot_states as s where s.pot_id = pot_id('four');
select is(
    private.pot_witness(pot_id('four')) ->> 'checkpoint',
    rpc('anon', 'get_checkpoint', jsonb_build_object('size', k.size)) ->> 'note',
    'and not in its second, when it was out'
)
from known as k where k.name = 'by two';
select open_pot('eight');
insert into known
select 'just in time', pg_temp.checkpoint(3, extract(epoch from s.beacon_at)::bigint - 1)
from private.pot_states as s where s.pot_id = pot_id('four');
select is(
    private.pot_witness(pot_id('four')) ->> 'checkpoint',
    rpc('anon', 'get_checkpoint', jsonb_build_object('size', k.size)) ->> 'note',
    'a second earlier was in time'
)
from known as k where k.name = 'just in time';
select is(
    rpc('anon', 'get_checkpoint', '{"size": 1}'), null, 'there is no checkpoint of other sizes'
);

select * from finish();
rollback;
