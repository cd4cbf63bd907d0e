-- Roots and proofs from the stored subtrees, against the recursive definitions of RFC 9162 (2.1),
-- for every size and every leaf up to 13, in a log that grew by uneven steps.

begin;
\ir ../support/helpers.sql
select plan(6);

select open_pot('one');
create temporary table step (at serial, rows integer) on commit drop;
insert into step (rows) values (0), (2), (0), (3), (1), (4), (1), (1);
select count(private.append_audit(pot_id('one'), 'claimed', null, '{}') ->> 'seq')
from (
    select s.at, g.n, private.sequence_log()
    from step as s
    cross join generate_series(1, s.rows) as g (n)
    order by s.at, g.n
) as r;
select private.sequence_log();

create temporary table leaf on commit drop as
select l.leaf_index, sha256('\x00'::bytea || decode(l.row_hash, 'hex')) as hash
from private.log_leaves as l;

create function pg_temp.mth(p_from bigint, p_to bigint)
returns bytea
language plpgsql
as $$
declare
    v_split bigint := 1;
begin
    if p_to - p_from = 1 then
        return (select l.hash from leaf as l where l.leaf_index = p_from);
    end if;
    while v_split * 2 < p_to - p_from loop
        v_split := v_split * 2;
    end loop;
    return sha256(
        '\x01'::bytea || pg_temp.mth(p_from, p_from + v_split)
        || pg_temp.mth(p_from + v_split, p_to)
    );
end $$;

create function pg_temp.path(p_index bigint, p_from bigint, p_to bigint)
returns text[]
language plpgsql
as $$
declare
    v_split bigint := 1;
begin
    if p_to - p_from = 1 then
        return '{}';
    end if;
    while v_split * 2 < p_to - p_from loop
        v_split := v_split * 2;
    end loop;
    if p_index < v_split then
        return pg_temp.path(p_index, p_from, p_from + v_split)
            || encode(pg_temp.mth(p_from + v_split, p_to), 'hex');
    end if;
    return pg_temp.path(p_index - v_split, p_from + v_split, p_to)
        || encode(pg_temp.mth(p_from, p_from + v_split), 'hex');
end $$;

create function pg_temp.subproof(p_old bigint, p_from bigint, p_to bigint, p_whole boolean)
returns text[]
language plpgsql
as $$
declare
    v_split bigint := 1;
begin
    if p_old = p_to - p_from then
        return case
            when p_whole then '{}'::text[] else array[encode(pg_temp.mth(p_from, p_to), 'hex')]
        end;
    end if;
    while v_split * 2 < p_to - p_from loop
        v_split := v_split * 2;
    end loop;
    if p_old <= v_split then
        return pg_temp.subproof(p_old, p_from, p_from + v_split, p_whole)
            || encode(pg_temp.mth(p_from + v_split, p_to), 'hex');
    end if;
    return pg_temp.subproof(p_old - v_split, p_from + v_split, p_to, false)
        || encode(pg_temp.mth(p_from, p_from + v_split), 'hex');
end $$;

select is(private.log_size(), 13::bigint, 'thirteen leaves');
select is(
    array(select private.log_range_hash(0, n) from generate_series(1, 13) as g (n)),
    array(select pg_temp.mth(0, n) from generate_series(1, 13) as g (n)),
    'the root of every size'
);
select is(
    (
        select jsonb_object_agg(
            m || ' in ' || n,
            rpc('anon', 'get_inclusion_proof', on_pot('one', jsonb_build_object(
                'seq', m + 1, 'tree_size', n
            ))) - 'pot_id' - 'row_hash'
        )
        from generate_series(1, 13) as g (n)
        cross join lateral generate_series(0, n - 1) as h (m)
    ),
    (
        select jsonb_object_agg(
            m || ' in ' || n,
            jsonb_build_object(
                'seq', m + 1, 'leaf_index', m, 'tree_size', n,
                'root', encode(pg_temp.mth(0, n), 'hex'), 'path', pg_temp.path(m, 0, n)
            )
        )
        from generate_series(1, 13) as g (n)
        cross join lateral generate_series(0, n - 1) as h (m)
    ),
    'the path of every leaf in every size'
);
select is(
    (
        select jsonb_object_agg(m || ' to ' || n, rpc(
            'anon', 'get_consistency_proof', jsonb_build_object('old_size', m, 'new_size', n)
        ) -> 'path')
        from generate_series(1, 13) as g (n)
        cross join lateral generate_series(1, n) as h (m)
    ),
    (
        select jsonb_object_agg(m || ' to ' || n, pg_temp.subproof(m, 0, n, true))
        from generate_series(1, 13) as g (n)
        cross join lateral generate_series(1, n) as h (m)
    ),
    'the consistency of every two sizes'
);
select is(
    rpc('anon', 'get_consistency_proof', '{"old_size": 0, "new_size": 13}'),
    jsonb_build_object(
        'old_size', 0, 'new_size', 13, 'path', '[]'::jsonb,
        'old_root', encode(sha256(''), 'hex'), 'new_root', encode(pg_temp.mth(0, 13), 'hex')
    ),
    'any log begins with the empty one'
);
select is(
    (select count(*) from private.log_nodes), (13 + 6 + 3 + 1)::bigint,
    'of each level only the whole subtrees are kept'
);

select * from finish();
rollback;
