-- Everything that is kept of the caller, a part and a page at a time.
--
-- Guards, in order: arguments; login; a player, banned or not.
-- Raises: invalid_argument, login_required, not_allowed.
create or replace function private.my_data(p_part text, p_after text, p_page_size integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_user uuid;
    v_actor uuid;
    v_after bigint := 0;
    v_rows jsonb;
begin
    if p_part is null or p_part not in ('account', 'entries', 'ledger', 'events', 'flags') then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'part', 'expected', 'account, entries, ledger, events or flags'
        ));
    end if;
    if p_after is not null then
        if p_after !~ '^[0-9]{1,18}$' or p_part in ('account', 'flags') then
            perform private.fail('invalid_argument', jsonb_build_object(
                'argument', 'after', 'expected', '`next` of the page before'
            ));
        end if;
        v_after := p_after::bigint;
    end if;
    perform private.require_range('page_size', p_page_size, 1, 1000);
    v_user := private.require_data_subject();
    select a.actor_id into v_actor from private.actors as a where a.subject = v_user::text;

    v_rows := case p_part
        when 'account' then jsonb_build_array(private.my_account(v_user, v_actor))
        when 'entries' then (
            select jsonb_agg(r.shown order by r.seq)
            from (
                select
                    e.seq,
                    jsonb_build_object(
                        'cursor', e.seq,
                        'entry_id', e.id,
                        'pot_id', e.pot_id,
                        'ticket_count', e.ticket_count,
                        'credits_spent', e.credits_spent,
                        'first_ticket', e.first_ticket,
                        'salt', e.salt,
                        'entrant_tag', e.entrant_tag,
                        'created_at', private.json_time(e.created_at),
                        'cancelled_at', private.json_time(e.cancelled_at),
                        'region', e.region,
                        'correlation_id', e.correlation_id,
                        -- Keyed hashes, of use to nobody else: whether there are any.
                        'address_kept', e.ip_hash is not null,
                        'device_kept', e.device_hash is not null
                    ) as shown
                from private.entries_ever as e
                where e.user_id = v_user and e.seq > v_after
                order by e.seq
                limit p_page_size
            ) as r
        )
        when 'ledger' then (
            select jsonb_agg(r.shown order by r.version)
            from (
                select
                    l.version,
                    jsonb_build_object(
                        'cursor', l.version,
                        'kind', coalesce(t.kind, 'carried_forward'),
                        'amount', l.amount,
                        'balance_after', l.balance_after,
                        'pot_id', t.pot_id,
                        'entry_id', t.entry_id,
                        'reason', t.reason,
                        'created_at', private.json_time(coalesce(t.created_at, l.until))
                    -- What left with a detached month is one row of its sum.
                    ) || case
                        when l.month is null then '{}'
                        else jsonb_build_object(
                            'entries', l.version - l.from_version + 1, 'month', l.month
                        )
                    end as shown
                from private.wallets as w
                inner join private.wallet_steps as l on w.account_id = l.account_id
                left join private.transfers_ever as t on l.transfer_id = t.id
                where w.user_id = v_user and l.version > v_after
                order by l.version
                limit p_page_size
            ) as r
        )
        when 'events' then (
            select jsonb_agg(r.shown order by r.id)
            from (
                select
                    e.id,
                    jsonb_build_object(
                        'cursor', e.id,
                        'kind', e.kind,
                        'pot_id', e.pot_id,
                        'correlation_id', e.correlation_id,
                        'data', e.data,
                        'created_at', private.json_time(e.created_at)
                    ) as shown
                from private.events_ever as e
                -- As in the index: joins are in `entries` already.
                where e.actor_id = v_actor
                    and e.kind not in ('pot_joined', 'pot_entry_cancelled')
                    and e.id > v_after
                order by e.id
                limit p_page_size
            ) as r
        )
        else (
            select jsonb_agg(
                jsonb_build_object(
                    'pot_id', r.pot_id,
                    'kind', r.kind,
                    'score', r.score,
                    'status', r.status,
                    'created_at', private.json_time(r.created_at),
                    'reviewed_at', private.json_time(r.reviewed_at)
                )
                order by r.created_at desc, r.flag_id
            )
            from (
                select *
                from private.flags as f
                where f.user_id = v_user and f.status in ('upheld', 'cleared')
                order by f.created_at desc, f.flag_id
                limit 1000
            ) as r
        )
    end;
    v_rows := coalesce(v_rows, '[]');
    return jsonb_build_object(
        'part', p_part,
        'rows', v_rows,
        'next', case
            when p_part in ('entries', 'ledger', 'events')
                and jsonb_array_length(v_rows) = p_page_size
                then v_rows -> -1 ->> 'cursor'
        end,
        -- The same for everybody: it tells nobody whether somebody looks.
        'withheld', jsonb_build_array(
            'suspicions that are not decided, and the evidence and reasons of those that are:'
            ' they concern other people too, and telling would defeat the review'
        )
    );
end $$;

comment on function private.my_data(text, text, integer) is
'Definer half of public.my_data.';

revoke all on function private.my_data(text, text, integer)
from public, anon, authenticated, service_role;
grant execute on function private.my_data(text, text, integer)
to authenticated, service_role;
