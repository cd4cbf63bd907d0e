-- The rows of a part of an export, in order of their place in it
create or replace function private.export_rows(
    p_export private.exports, p_part text, p_after bigint, p_limit integer
)
returns table (place bigint, shown jsonb)
language plpgsql
stable
set search_path = ''
as $$
declare
    v_pot_id uuid := p_export.pot_id;
    v_named boolean := p_export.identified;
    v_accounts bigint[];
    v_transfers bigint[];
    v_moved jsonb;
    v_players jsonb;
    v_names jsonb;
begin
    case p_part
        when 'pot' then
            return query
            select
                1::bigint,
                (to_jsonb(p) - '{winner_user_id,created_at,locks_at,locked_at}'::text[])
                || (private.case_pot(v_pot_id) - '{timers,paused_at,winner}'::text[])
                || jsonb_build_object(
                    'paused_at', private.json_time(p.paused_at),
                    'settled_at', private.json_time(p.settled_at),
                    'winner', (
                        select private.export_name(v_named, p.winner_user_id, a.account)
                        from private.case_accounts(v_pot_id) as a
                        where a.user_id = p.winner_user_id
                    )
                )
            from public.pots as p
            where p.id = v_pot_id and p_after = 0;
        when 'entries' then
            return query
            select
                e.seq,
                jsonb_build_object(
                    'entry_id', e.id,
                    'seq', e.seq,
                    'player', private.export_name(v_named, e.user_id, l.account),
                    'ticket_count', e.ticket_count,
                    'credits_spent', e.credits_spent,
                    'entrant_tag', e.entrant_tag,
                    'first_ticket', e.first_ticket,
                    'address', 'address-' || l.address,
                    'device', 'device-' || l.device,
                    'region', e.region,
                    'created_at', private.json_time(e.created_at),
                    'cancelled_at', private.json_time(e.cancelled_at)
                ) || case when v_named then jsonb_build_object('salt', e.salt) else '{}' end
            from (
                select *
                from private.entries_ever as n
                where n.pot_id = v_pot_id and n.seq > p_after
                order by n.seq
                limit p_limit
            ) as e
            inner join private.entry_labels(v_pot_id, p_after, p_limit) as l on e.id = l.entry_id;
        when 'chain' then
            return query
            select
                a.seq,
                jsonb_build_object(
                    'seq', a.seq,
                    'action', a.action,
                    'created_at', private.json_time(a.created_at),
                    'payload', a.payload,
                    'payload_hash', a.payload_hash,
                    'prev_hash', a.prev_hash,
                    'row_hash', a.row_hash
                )
            from public.pots_audit as a
            where a.pot_id = v_pot_id and a.seq > p_after
            order by a.seq
            limit p_limit;
        when 'ledger' then
            v_transfers := array(
                select distinct l.transfer_id
                from private.ledger_ever as l
                where l.transfer_id > p_after
                    and l.account_id = any (array(
                        select a.id from private.accounts as a where a.pot_id = v_pot_id
                    ))
                order by l.transfer_id
                limit p_limit
            );
            v_accounts := array(
                select distinct l.account_id
                from private.ledger_ever as l
                where l.transfer_id = any (v_transfers)
            );
            -- Looked up by key: joined, all players of the pot may be gone through for each row.
            v_moved := (
                select jsonb_object_agg(a.user_id, null)
                from private.accounts as a
                where a.id = any (v_accounts) and a.user_id is not null
            );
            v_players := (
                select jsonb_object_agg(c.user_id, c.account)
                from private.case_accounts(v_pot_id) as c
                where v_moved ? c.user_id::text
            );
            v_names := (
                select jsonb_object_agg(a.id, case
                    when a.kind = 'wallet' then private.export_name(
                        v_named, a.user_id, (v_players ->> a.user_id::text)::bigint
                    )
                    else a.kind
                end)
                from private.accounts as a
                where a.id = any (v_accounts)
            );
            return query
            select
                t.id,
                jsonb_build_object(
                    'transfer_id', t.id,
                    'kind', t.kind,
                    'amount', t.amount,
                    'entry_id', t.entry_id,
                    'created_at', private.json_time(t.created_at),
                    'sides', s.sides
                )
            from private.transfers_ever as t
            cross join lateral (
                select jsonb_agg(
                    jsonb_build_object(
                        'account', v_names ->> l.account_id::text, 'amount', l.amount
                    )
                    order by l.amount
                ) as sides
                from private.ledger_ever as l
                where l.transfer_id = t.id
            ) as s
            where t.id = any (v_transfers);
        when 'flags' then
            return query
            select *
            from (
                select
                    row_number() over (order by f.created_at, f.flag_id) as place,
                    (private.flag_json(f) - '{pot_id,user_id}'::text[]) || jsonb_build_object(
                        'player', private.export_name(v_named, f.user_id, a.account)
                    ) as shown
                from private.flags as f
                left join private.case_accounts(v_pot_id) as a on f.user_id = a.user_id
                where f.pot_id = v_pot_id
            ) as n
            where n.place > p_after
            order by n.place
            limit p_limit;
        when 'events' then
            return query
            select
                e.id,
                jsonb_build_object(
                    'id', e.id,
                    'kind', e.kind,
                    'actor', e.actor_id,
                    'correlation_id', e.correlation_id,
                    'data', e.data,
                    'created_at', private.json_time(e.created_at)
                )
            from private.events_ever as e
            -- As in the index: entries tell of these.
            where e.pot_id = v_pot_id
                and e.kind not in ('pot_joined', 'pot_entry_cancelled')
                and e.id > p_after
            order by e.id
            limit p_limit;
        when 'proof' then
            return query
            select 1::bigint, private.get_proof(v_pot_id)
            from public.pots as p
            where p.id = v_pot_id and p.status = 'settled' and p_after = 0;
        when 'log' then
            return query
            select *
            from (
                -- The checkpoint, then what it holds of the chain.
                select 1::bigint as place, private.get_checkpoint(p_export.tree_size) as shown
                where p_export.tree_size is not null
                union all
                select
                    a.seq + 1,
                    jsonb_build_object(
                        'seq', a.seq,
                        'leaf_index', l.leaf_index,
                        'path', private.log_inclusion_path(l.leaf_index, p_export.tree_size)
                    )
                from public.pots_audit as a
                inner join private.log_leaves as l on a.id = l.audit_id
                where a.pot_id = v_pot_id
                    and a.seq + 1 > p_after
                    and l.leaf_index < p_export.tree_size
            ) as n
            where n.place > p_after
            order by n.place
            limit p_limit;
    end case;
end $$;

comment on function private.export_rows(private.exports, text, bigint, integer) is
'Rows of p_part of an export after place p_after, p_limit at most; place rises from 1.';

revoke all on function private.export_rows(private.exports, text, bigint, integer)
from public, anon, authenticated, service_role;
