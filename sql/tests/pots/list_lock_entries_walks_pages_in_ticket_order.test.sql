-- All that recomputing entries_root needs, a page at a time, and no user id among it.

begin;
\ir ../support/helpers.sql
select plan(8);

select open_pot('big', '{"max_tickets": 7, "max_per_user": 2}');
select bring_to('big', 'locked');

select is(
    rpc('anon', 'list_lock_entries', on_pot('big')),
    (
        select jsonb_agg(
            jsonb_build_object(
                'first_ticket', e.first_ticket,
                'ticket_count', e.ticket_count,
                'entrant_tag', e.entrant_tag
            )
            order by e.seq
        )
        from public.pot_entries as e
    ),
    'all of them'
);
select is(
    rpc('anon', 'list_lock_entries', on_pot('big', '{"page_size": 2}'))
    || rpc('anon', 'list_lock_entries', on_pot('big', '{"page_size": 2, "after_ticket": 2}')),
    rpc('anon', 'list_lock_entries', on_pot('big')),
    'two pages, the second after the first''s last ticket'
);
select is(
    rpc('anon', 'list_lock_entries', on_pot('big', '{"after_ticket": 6}')), '[]', 'and no more'
);
select is(
    rpc('anon', 'list_lock_entries', on_pot('big', '{"after_ticket": 0}')),
    rpc('anon', 'list_lock_entries', on_pot('big')) - 0,
    'after the very first ticket comes the second entry'
);
select refused(
    'anon', 'list_lock_entries', on_pot('nowhere'), 'PT404', 'pot_not_found', '{}',
    'a pot that is not there has no page, not an empty one'
);

-- The same, packed.
create function packed(p_entries jsonb) returns jsonb language sql as $$
    select to_jsonb(coalesce(string_agg(
        encode(int8send((e ->> 'first_ticket')::bigint), 'hex')
        || encode(int4send((e ->> 'ticket_count')::integer), 'hex')
        || (e ->> 'entrant_tag'),
        ''
        order by at
    ), ''))
    from jsonb_array_elements(p_entries) with ordinality as entries (e, at)
$$;
select is(
    rpc('anon', 'pack_lock_entries', on_pot('big')),
    packed(rpc('anon', 'list_lock_entries', on_pot('big'))),
    'packed it is the same'
);
select is(
    rpc('anon', 'pack_lock_entries', on_pot('big', '{"page_size": 2, "after_ticket": 2}')),
    packed(rpc('anon', 'list_lock_entries', on_pot('big', '{"page_size": 2, "after_ticket": 2}'))),
    'a packed page, too'
);

select * from finish();
rollback;
