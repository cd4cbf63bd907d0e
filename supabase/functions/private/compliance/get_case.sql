-- Guards, in order: arguments; login; the pot exists; `after` is an entry of it.
-- Raises: invalid_argument, login_required, pot_not_found, entry_not_found.
create or replace function private.get_case(p_pot_id uuid, p_after uuid, p_page_size integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    -- Where an answer that a person looks at ends; it says so.
    c_most constant integer := 1000;
    v_after bigint := 0;
    v_entries jsonb;
    v_next uuid;
    v_me uuid;
    v_clusters record;
    v_flags jsonb;
    v_chain jsonb;
    v_events jsonb;
    v_alerts jsonb;
    v_result jsonb;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_range('page_size', p_page_size, 1, 1000);
    perform private.require_person();
    if not exists (select from public.pots as p where p.id = p_pot_id) then
        perform private.fail('pot_not_found');
    end if;
    if p_after is not null then
        select e.seq into v_after
        from private.entries_ever as e
        where e.id = p_after and e.pot_id = p_pot_id;
        if not found then
            perform private.fail('entry_not_found', '{"argument": "after"}');
        end if;
    end if;

    select coalesce(jsonb_agg(c.shown order by c.seq), '[]') into v_entries
    from (
        select e.seq, private.case_entry(row(e.*)::public.pot_entries, l.account, l.address, l.device) as shown
        from (
            select *
            from private.entries_ever as n
            where n.pot_id = p_pot_id and n.seq > v_after
            order by n.seq
            limit p_page_size
        ) as e
        inner join private.entry_labels(p_pot_id, v_after, p_page_size) as l on e.id = l.entry_id
    ) as c;
    if jsonb_array_length(v_entries) = p_page_size and exists (
        select
        from private.entries_ever as e
        where e.pot_id = p_pot_id and e.seq > (v_entries -> -1 -> 'seq')::bigint
    ) then
        v_next := (v_entries -> -1 ->> 'entry_id')::uuid;
    end if;
    v_result := jsonb_build_object(
        'pot', private.case_pot(p_pot_id),
        'entries', v_entries,
        'next', v_next,
        'truncated', '[]'::jsonb
    );
    if p_after is not null then
        return v_result;
    end if;

    v_clusters := private.case_clusters(p_pot_id, c_most);
    -- Who never acted has no pseudonym yet, and proposed nothing.
    select a.actor_id into v_me
    from private.actors as a
    where a.subject = private.caller_subject();
    -- One more than is shown, to know whether there is more.
    select coalesce(jsonb_agg(f.shown order by f.number), '[]') into v_flags
    from (
        select
            private.flag_json(f)
            || jsonb_build_object('proposed_by_me', coalesce(f.proposed_by = v_me, false)) as shown,
            row_number() over (
                order by f.status in ('upheld', 'cleared'), f.score desc, f.created_at, f.flag_id
            ) as number
        from private.flags as f
        where f.pot_id = p_pot_id
        order by 2
        limit c_most + 1
    ) as f;
    select coalesce(jsonb_agg(a.shown order by a.seq desc), '[]') into v_chain
    from (
        select
            c.seq,
            jsonb_build_object(
                'seq', c.seq,
                'action', c.action,
                'actor', c.actor_id,
                'reason', c.reason,
                'metadata', c.metadata,
                'created_at', private.json_time(c.created_at),
                'payload', c.payload,
                'payload_hash', c.payload_hash,
                'prev_hash', c.prev_hash,
                'row_hash', c.row_hash
            ) as shown
        from public.pots_audit as c
        where c.pot_id = p_pot_id
        order by c.seq desc
        limit c_most + 1
    ) as a;
    select coalesce(jsonb_agg(e.shown order by e.id desc), '[]') into v_events
    from (
        select
            n.id,
            jsonb_build_object(
                'id', n.id,
                'kind', n.kind,
                'actor', n.actor_id,
                'correlation_id', n.correlation_id,
                'data', n.data,
                'created_at', private.json_time(n.created_at)
            ) as shown
        from private.events_ever as n
        -- As in the index: every entry is in `entries` already.
        where n.pot_id = p_pot_id and n.kind not in ('pot_joined', 'pot_entry_cancelled')
        order by n.id desc
        limit c_most + 1
    ) as e;
    select coalesce(jsonb_agg(a.shown order by a.id desc), '[]') into v_alerts
    from (
        select
            n.id,
            jsonb_build_object(
                'kind', n.kind,
                'detail', n.detail,
                'occurrences', n.occurrences,
                'opened_at', private.json_time(n.opened_at),
                'last_at', private.json_time(n.last_at),
                'closed_at', private.json_time(n.closed_at)
            ) as shown
        from private.alerts as n
        where n.pot_id = p_pot_id
        order by n.id desc
        limit c_most + 1
    ) as a;

    return v_result || jsonb_build_object(
        'clusters', v_clusters.clusters,
        'flags', v_flags - c_most,
        'history', jsonb_build_object(
            'chain', v_chain - c_most, 'events', v_events - c_most, 'alerts', v_alerts - c_most
        ),
        'truncated', coalesce((
            select jsonb_agg(t.part order by t.part)
            from (values
                ('clusters', v_clusters.truncated),
                ('flags', jsonb_array_length(v_flags) > c_most),
                ('chain', jsonb_array_length(v_chain) > c_most),
                ('events', jsonb_array_length(v_events) > c_most),
                ('alerts', jsonb_array_length(v_alerts) > c_most)
            ) as t (part, is_cut)
            where t.is_cut
        ), '[]')
    );
end $$;

comment on function private.get_case(uuid, uuid, integer) is
'Definer half of public.get_case.';

revoke all on function private.get_case(uuid, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.get_case(uuid, uuid, integer)
to pot_compliance, service_role;
