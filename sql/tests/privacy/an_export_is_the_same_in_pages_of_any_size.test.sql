-- Read a row at a time or all at once, each part of an export tells the same, every row once; of
-- the log it tells what the checkpoint of its beginning holds.

begin;
\ir ../support/helpers.sql
select plan(21);

select freeze_time('2030-01-01 12:00:00Z');
select register_keys();
select open_pot('big', '{"max_tickets": 3}');
select make_user(n.name, 100) from unnest('{ann,bob,cid}'::text[]) as n (name);
select join_pot(n.name, 'big') from unnest('{ann,bob,cid}'::text[]) as n (name);
select lock('big'), attest('big'), claim('big'), reveal('big');
select flag(user_id(n.name), 'big', 'note') from unnest('{ann,bob,cid}'::text[]) as n (name);
-- The last line of the chain comes after the checkpoint.
select private.sequence_log();
insert into private.log_checkpoints (size, text, created_at)
select s.size, private.log_checkpoint_text(s.size), private.now()
from (select private.log_size() - 1 as size) as s;
create temporary table begun on commit drop as
select
    rpc('pot_compliance:carol', 'export_pot', on_pot('big', '{"reason": "asked for"}'))
    -> 'export_id' as export_id;

-- All rows of a part, by pages of so many; NULL where a page has more, or none, or there is no end.
create function pg_temp.read(p_part text, p_page_size integer)
returns jsonb
language plpgsql
as $$
declare
    v_page jsonb := '{}';
    v_rows jsonb := '[]';
begin
    for v_n in 1..100 loop
        v_page := rpc('pot_compliance:carol', 'read_export', jsonb_build_object(
            'export_id', (select b.export_id from begun as b), 'part', p_part,
            'after', v_page -> 'next', 'page_size', p_page_size
        ));
        exit when jsonb_array_length(v_page -> 'rows') not between 1 and p_page_size;
        v_rows := v_rows || (v_page -> 'rows');
        if v_page ->> 'next' is null then
            return v_rows;
        end if;
    end loop;
    return null;
end $$;
create temporary table whole on commit drop as
select p.part, pg_temp.read(p.part, 10000) as shown
from unnest('{pot,entries,chain,ledger,flags,events,proof,log}'::text[]) as p (part);

select is(
    (select jsonb_object_agg(w.part, jsonb_array_length(w.shown)) from whole as w),
    (
        select jsonb_build_object(
            'pot', 1, 'entries', 3, 'flags', 3, 'proof', 1,
            'chain', c.lines,
            -- Three paid, and one was.
            'ledger', 4,
            'events', (
                select count(*) from private.events as e
                where e.pot_id = pot_id('big') and e.kind <> 'pot_joined'
            ),
            -- The checkpoint, and all lines of the chain but the last.
            'log', c.lines
        )
        from (
            select count(*) as lines from public.pots_audit as a where a.pot_id = pot_id('big')
        ) as c
    ), 'so many rows'
);
select cmp_ok(jsonb_array_length(w.shown), '>', 1, w.part || ' has some')
from whole as w
where w.part not in ('pot', 'proof')
order by w.part;
select is(pg_temp.read(w.part, 1), w.shown, w.part || ' row by row')
from whole as w
order by w.part;
select is(
    pg_temp.read(w.part, jsonb_array_length(w.shown) - 1), w.shown,
    w.part || ' by pages of one row less'
)
from whole as w
where w.part not in ('pot', 'proof')
order by w.part;

select * from finish();
rollback;
