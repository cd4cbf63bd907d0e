-- publish_checkpoint takes a signed note over this log's origin, a size that it has and its root
-- there, and nothing else; the same size again adds what it lacks.

begin;
\ir ../support/helpers.sql
select plan(53);

update private.settings set log_origin = 'log.example/pots' where only_row;
select open_pot('one');
select open_pot('two');
select rpc('pot_orchestrator', 'prepare_checkpoint');
select open_pot('three');

create function pg_temp.line(p_name text, p_size integer, p_byte text default '00')
returns text
language sql
as $$
    select format(E'— %s %s\n', p_name, replace(
        encode(decode(repeat(p_byte, p_size), 'hex'), 'base64'), E'\n', ''
    ))
$$;
create function pg_temp.publish(p_note text)
returns jsonb
language sql
as $$
    select rpc('pot_orchestrator', 'publish_checkpoint', jsonb_build_object('note', p_note))
$$;
create temporary table known on commit drop as
select
    private.log_checkpoint_text(2) as text, private.log_checkpoint_text(1) as earlier,
    pg_temp.line('log.example/pots', 68) as log,
    pg_temp.line('w.example/1', 76) as witness;

select is(rpc('anon', 'get_checkpoint'), null, 'there is none at first');
select is(
    k.text,
    E'log.example/pots\n2\n' || encode(private.log_range_hash(0, 2), 'base64') || E'\n',
    'origin, size and root are what is signed'
)
from known as k;

create temporary table bad (note text, expected text) on commit drop;
insert into bad
select b.note, b.expected
from known as k
cross join lateral (values
    (null, 'a signed note of at most 64 KiB'),
    (k.text || E'\n' || repeat(k.log, 800), 'a signed note of at most 64 KiB'),
    ('', 'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'),
    (k.text, 'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'),
    (k.text || E'\n', 'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'),
    (
        k.text || k.log,
        'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'
    ),
    (
        k.text || E'more\n\n' || k.log,
        'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'
    ),
    (
        k.text || E'\n' || rtrim(k.log, E'\n'),
        'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'
    ),
    (
        k.text || E'\n' || replace(k.log, '—', '-'),
        'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'
    ),
    (
        k.text || E'\n' || k.log || E'\n',
        'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'
    ),
    (
        k.text || E'\n' || k.log || E'— w.example/1 AAA\n',
        'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'
    ),
    (
        k.text || E'\n' || k.log || E'— w.example/1 \n',
        'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'
    ),
    (
        k.text || E'\n' || k.log || pg_temp.line('w.example/1', 3),
        'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'
    ),
    (
        replace(k.text, E'\n2\n', E'\n02\n') || E'\n' || k.log,
        'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'
    ),
    (
        replace(k.text, E'\n2\n', E'\n0\n') || E'\n' || k.log,
        'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)'
    ),
    ('x' || k.text || E'\n' || k.log, 'the origin of this log'),
    (
        replace(k.text, E'\n2\n', E'\n999999999999999999\n') || E'\n' || k.log,
        'a size of at most 2'
    ),
    (replace(k.text, E'\n2\n', E'\n3\n') || E'\n' || k.log, 'a size of at most 2'),
    (replace(k.text, E'\n2\n', E'\n1\n') || E'\n' || k.log, 'the root of this log at that size'),
    (k.text || E'\n' || k.witness, 'a signature named like the origin'),
    (
        k.text || E'\n' || pg_temp.line('log.example/pots', 76),
        'a signature named like the origin'
    )
) as b (note, expected);
select refused(
    'pot_orchestrator', 'publish_checkpoint', jsonb_build_object('note', b.note),
    'PT422', 'invalid_argument', jsonb_build_object('argument', 'note', 'expected', b.expected),
    'refused: ' || coalesce(left(replace(b.note, E'\n', '|'), 200), 'NULL')
)
from bad as b;

select is(
    pg_temp.publish(k.text || E'\n' || k.log) - 'published_at',
    jsonb_build_object(
        'origin', 'log.example/pots', 'size', 2, 'root', split_part(k.text, E'\n', 3),
        'note', k.text || E'\n' || k.log, 'cosignatures', 0
    ),
    'a signed one is kept'
)
from known as k;
select is(
    pg_temp.publish(k.text || E'\n' || k.log || k.witness) ->> 'note',
    k.text || E'\n' || k.log || k.witness, 'a cosignature comes later'
)
from known as k;
select is(
    pg_temp.publish(
        k.text || E'\n' || k.log || pg_temp.line('w.example/1', 76, '00') || pg_temp.line('v', 76)
    ) ->> 'note',
    k.text || E'\n' || k.log || k.witness || pg_temp.line('v', 76),
    'another is added, and the first of each key stays'
)
from known as k;
select is(
    pg_temp.publish(k.earlier || E'\n' || k.log) -> 'size', '1', 'an earlier size is kept too'
)
from known as k;
select is(rpc('anon', 'get_checkpoint') -> 'size', '2', 'the largest is the latest');
select is(rpc('anon', 'get_checkpoint') -> 'cosignatures', '2', 'it says how many cosigned');

-- So many lines, and one more by a witness whose name has the length that is missing.
create function pg_temp.note_of(p_octets integer)
returns text
language sql
as $$
    select l.lines || pg_temp.line(
        repeat('w', p_octets - octet_length(l.lines || pg_temp.line('', 76))), 76
    )
    from (
        select k.text || E'\n' || repeat(
            k.log, (p_octets - octet_length(k.text)) / octet_length(k.log) - 1
        ) as lines
        from known as k
    ) as l
$$;
select is(
    pg_temp.publish(pg_temp.note_of(65536)) -> 'cosignatures', '3', 'a note of 64 KiB is taken'
);
select refused(
    'pot_orchestrator', 'publish_checkpoint',
    jsonb_build_object('note', pg_temp.note_of(65537)), 'PT422', 'invalid_argument',
    '{"argument": "note", "expected": "a signed note of at most 64 KiB"}', 'one byte more is not'
);

select * from finish();
rollback;
