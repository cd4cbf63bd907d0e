-- An independent definition, by recursion (RFC 6962, 2.1, with sums): of n > 1 leaves the left
-- subtree has the largest power of two below n.

begin;
\ir ../support/helpers.sql
select plan(22);

create function pg_temp.root(p_pot_id uuid, p_entries public.pot_entries[])
returns bytea
language plpgsql
as $$
declare
    v_count integer := cardinality(p_entries);
    v_split integer := 1;
    v_left bytea;
    v_right bytea;
begin
    if v_count = 1 then
        return int8send(p_entries[1].ticket_count) || sha256(
            '\x00' || convert_to('pots/entry/v1', 'UTF8') || '\x00' || uuid_send(p_pot_id)
            || int4send(p_entries[1].ticket_count) || decode(p_entries[1].entrant_tag, 'hex')
        );
    end if;
    while v_split * 2 < v_count loop
        v_split := v_split * 2;
    end loop;
    v_left := pg_temp.root(p_pot_id, p_entries[:v_split]);
    v_right := pg_temp.root(p_pot_id, p_entries[v_split + 1:]);
    return (
        select int8send(sum(private.merkle_node_sum(n.node))::bigint)
        from unnest(array[v_left, v_right]) as n (node)
    ) || sha256('\x01' || v_left || v_right);
end $$;

select make_user('ann', 100000);
select make_user('bob', 100000);
create function pg_temp.root_of_pot_with(p_entries integer)
returns setof text
language plpgsql
as $$
declare
    v_pot text := format('%s entries', p_entries);
    v_root bytea;
begin
    perform open_pot(v_pot, jsonb_build_object(
        'entry_cost', 1, 'max_tickets', p_entries * (p_entries + 1) / 2, 'min_participants', 1,
        'max_per_user', p_entries * (p_entries + 1) / 2
    ));
    perform join_pot('ann', v_pot, g.n) from generate_series(1, p_entries) as g (n);
    perform lock(v_pot);
    select pg_temp.root(pot_id(v_pot), array_agg(e order by e.seq)) into v_root
    from public.pot_entries as e
    where e.pot_id = pot_id(v_pot);
    return next is((pot(v_pot)).entries_root, encode(substr(v_root, 9), 'hex'), v_pot);
    return next is((pot(v_pot)).total_tickets, private.merkle_node_sum(v_root), 'and their sum');
end $$;
select pg_temp.root_of_pot_with(s.entries)
from unnest('{1,2,3,4,5,6,7,8,9,13,21}'::integer[]) as s (entries);

select * from finish();
rollback;
