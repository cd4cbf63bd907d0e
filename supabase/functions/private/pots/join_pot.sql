-- A player buys tickets: credits go to the pot's escrow, tickets out of its counter, an entry
-- is written.
--
-- Guards, in order: arguments; login; the pot exists; an earlier call with this key; the pot is
-- open, not paused and
-- before its deadline; those of private.guard_join; the cap a player; credits; tickets left; still
-- before the deadline once
-- every wait is over.
-- Locks, in order: the caller's pseudonym when it is new; the gate, shared; the caller's wallet;
-- those of private.known_as and of private.guard_join; one stripe (all, ascending, for the last
-- tickets).
-- Writes: pot_entries, stripe, transfer, idempotency key, event pot_joined; to realtime joined,
-- balance, updated.
-- Raises: invalid_argument, invalid_ticket_count, login_required, not_allowed, pot_not_found,
-- idempotency_key_reused,
-- pot_not_open, pot_paused, ticket_cap_exceeded, insufficient_credits, pot_full; returns
-- account_blocked,
-- region_blocked, velocity_exceeded with their record.
create or replace function private.join_pot(
    p_pot_id uuid, p_ticket_count integer, p_idempotency_key text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_player private.player;
    v_context private.request_context;
    v_pot record;
    v_wallet private.wallets;
    v_now record;
    v_result jsonb;
    v_stripe smallint;
    v_at timestamptz;
    v_entry_id uuid := gen_random_uuid();
    v_salt bytea := extensions.gen_random_bytes(32);
    v_new record;
    v_transfer_id bigint;
begin
    -- Nearly every call passes at a glance; what does not is looked at.
    if p_pot_id is null
        or p_ticket_count is null
        or p_ticket_count < 1
        or length(p_idempotency_key) > 255
        or p_idempotency_key !~ '^[ -~]*[!-~][ -~]*$'
        or current_setting('transaction_isolation') <> 'read committed'
    then
        perform private.require_given('pot_id', p_pot_id::text);
        if p_ticket_count is null or p_ticket_count < 1 then
            perform private.fail('invalid_ticket_count', jsonb_build_object(
                'ticket_count', p_ticket_count
            ));
        end if;
        if p_idempotency_key is not null then
            perform private.require_text('idempotency_key', p_idempotency_key, 255);
        end if;
        perform private.require_read_committed();
    end if;
    v_player := private.caller_player();
    if v_player.problem is not null then
        if v_player.problem = 'account_blocked' then
            return private.refuse_player(v_player.problem, 'join_refused', p_pot_id);
        end if;
        perform private.fail(v_player.problem);
    end if;
    -- Before gate and wallet, as in the lock order: the first act of a caller writes a row.
    if v_player.actor_id is null then
        if not exists (select from public.pots as p where p.id = p_pot_id) then
            perform private.fail('pot_not_found');
        end if;
        v_player.actor_id := private.actor_pseudonym();
    end if;
    -- Only what stays the same while a pot is open is read beside the gate.
    select
        pg_advisory_xact_lock_shared(private.gate_key(p_pot_id)),
        p.entry_cost, p.max_tickets, p.max_per_user, s.template_id, s.pepper_id, s.escrow_account,
        -- The cap a player is not checked yet: no more than all of the pot, or this overflows.
        p.entry_cost * least(p_ticket_count, p.max_tickets) as cost
    into v_pot
    from public.pots as p
    inner join private.pot_states as s on p.id = s.pot_id
    where p.id = p_pot_id;
    if not found then
        perform private.fail('pot_not_found');
    end if;
    -- A statement of its own: what the next ones read of this player cannot be stale.
    select * into v_wallet
    from private.wallets as w
    where w.user_id = v_player.user_id
    for update;

    -- From here on nothing of this player and no state of this pot changes under us.
    select
        p.status,
        p.locks_at,
        p.paused_at,
        s.version as state_version,
        (
            select coalesce(sum(e.ticket_count), 0)
            from public.pot_entries as e
            where e.pot_id = p_pot_id
                and e.user_id = v_player.user_id
                and e.cancelled_at is null
        ) as held,
        -- Whoever compliance took out of a pot stays out of it.
        exists (
            select
            from private.exclusions as x
            inner join public.pot_entries as e on x.entry_id = e.id
            where x.pot_id = p_pot_id and e.user_id = v_player.user_id
        ) as is_excluded,
        -- While this call waited for the wallet.
        exists (
            select
            from private.erasures as e
            where e.user_id = v_player.user_id and e.erased_at is not null
        ) as is_erased,
        exists (
            select
            from private.idempotency_keys as k
            where k.operation = 'join_pot' and k.key = p_idempotency_key
        ) as is_repeated,
        exists (
            select
            from private.flag_policies as f
            where f.kind = 'confirmed_ring' and f.effect = 'refuse'
        ) as refuses_rings,
        -- Nearly every join finds that the lobby heard of the pot just now.
        (
            select l.sent_at + c.lobby_interval
            from private.lobby_pulses as l
            cross join private.settings as c
            where l.pot_id = p_pot_id
        ) as pulse_at
    into strict v_now
    from public.pots as p
    inner join private.pot_states as s on p.id = s.pot_id
    where p.id = p_pot_id;
    v_at := private.now();
    if v_now.is_erased
        or v_now.is_repeated
        or v_now.status <> 'open'
        or v_now.paused_at is not null
        or v_at >= v_now.locks_at
        or v_now.is_excluded
    then
        if v_now.is_erased then
            perform private.fail('not_allowed');
        end if;
        v_result := private.replayed_join(
            p_idempotency_key, v_player.user_id, p_pot_id, p_ticket_count
        );
        if v_result is not null then
            return v_result;
        end if;
        if v_now.status <> 'open' or v_now.paused_at is null and v_at >= v_now.locks_at then
            perform private.fail('pot_not_open', jsonb_build_object('status', v_now.status));
        end if;
        if v_now.paused_at is not null then
            perform private.fail('pot_paused');
        end if;
        return private.refuse_player(
            'account_blocked', 'join_refused', p_pot_id, '{"reason": "excluded"}'
        );
    end if;
    -- Not before: a pot that has ended may have no pepper any more, and still answers.
    v_context := private.request_context(v_pot.pepper_id);
    v_result := private.guard_join(
        p_pot_id, v_pot.template_id, v_player, p_ticket_count, v_pot.cost, v_now.held, v_context
    );
    if v_result is not null then
        return v_result;
    end if;
    if v_now.refuses_rings
        or v_now.held + p_ticket_count > v_pot.max_per_user
        or v_wallet.balance is null
        or v_wallet.balance < v_pot.cost
    then
        if v_now.refuses_rings
            and private.scan_join(v_player.user_id, v_context.device_hash) = 'refuse'
        then
            return private.refuse_player(
                'account_blocked', 'join_refused', p_pot_id, '{"reason": "confirmed_ring"}'
            );
        end if;
        if v_now.held + p_ticket_count > v_pot.max_per_user then
            perform private.fail('ticket_cap_exceeded', jsonb_build_object(
                'max_per_user', v_pot.max_per_user,
                'held', v_now.held,
                'left', v_pot.max_per_user - v_now.held
            ));
        end if;
        if coalesce(v_wallet.balance, 0) < v_pot.cost then
            perform private.fail('insufficient_credits', jsonb_build_object(
                'balance', coalesce(v_wallet.balance, 0), 'cost', v_pot.cost
            ));
        end if;
    end if;

    v_stripe := private.take_tickets(
        p_pot_id, p_ticket_count, case when v_now.held = 0 then 1 else 0 end
    );
    if v_stripe is null then
        perform private.fail('pot_full', jsonb_build_object(
            'left', v_pot.max_tickets - (private.pot_totals(p_pot_id)).tickets_sold
        ));
    end if;
    v_at := private.now();
    if v_at >= v_now.locks_at then
        perform private.fail('pot_not_open', jsonb_build_object('status', v_now.status));
    end if;

    select
        encode(private.entrant_tag(v_salt, p_pot_id, v_player.user_id), 'hex') as tag,
        sum(c.sold) as tickets_sold,
        sum(c.sold) * v_pot.entry_cost as credits_committed,
        sum(c.participants) as participants,
        v_now.state_version + sum(c.version) as version, -- noqa: RF04
        v_wallet.balance - v_pot.cost as balance,
        private.json_time(v_at) as at
    into strict v_new
    from private.pot_stripes as c
    where c.pot_id = p_pot_id;
    insert into public.pot_entries (
        id, pot_id, user_id, ticket_count, credits_spent, salt, entrant_tag,
        ip_hash, device_hash, region, correlation_id, stripe, created_at
    )
    values (
        v_entry_id, p_pot_id, v_player.user_id, p_ticket_count, v_pot.cost,
        encode(v_salt, 'hex'), v_new.tag, v_context.ip_hash, v_context.device_hash,
        v_context.region, v_context.correlation_id, v_stripe, v_at
    );
    -- The transaction has its id, since it holds the wallet: what private.log_event sees to before
    -- an event takes its own. What the entry says is not said again (private.told_events).
    insert into private.events (
        event_id, kind, pot_id, actor_id, correlation_id, data, created_at
    )
    values (
        v_entry_id, 'pot_joined', p_pot_id, v_player.actor_id, v_context.correlation_id,
        jsonb_build_object(
            'tickets_sold', v_new.tickets_sold,
            'participant_count', v_new.participants,
            'first_entry', v_now.held = 0
        ),
        v_at
    );
    -- The wallet is held, so both sides are known: what private.post_transfer looks up.
    insert into private.transfers (kind, pot_id, entry_id, amount, created_at)
    values ('join', p_pot_id, v_entry_id, v_pot.cost, v_at)
    returning id into strict v_transfer_id;
    insert into private.ledger_entries (transfer_id, account_id, amount, balance_after, version)
    values
    (v_transfer_id, v_wallet.account_id, -v_pot.cost, v_new.balance, v_wallet.version + 1),
    (v_transfer_id, v_pot.escrow_account, v_pot.cost, null, null);
    update private.wallets as w
    set balance = v_new.balance, version = v_wallet.version + 1
    where w.user_id = v_player.user_id;
    if p_idempotency_key is not null then
        insert into private.idempotency_keys (
            operation, key, subject, request, response, created_at
        )
        values (
            'join_pot', p_idempotency_key, v_player.user_id::text,
            jsonb_build_object('pot_id', p_pot_id, 'ticket_count', p_ticket_count),
            -- The rest is the entry's (private.replayed_join).
            jsonb_build_object(
                'entry_id', v_entry_id,
                'balance', v_new.balance,
                'tickets_sold', v_new.tickets_sold
            ),
            v_at
        )
        on conflict (operation, key) do nothing;
        if not found then
            perform private.fail('idempotency_key_reused');
        end if;
    end if;
    perform private.send_messages(
        array['pots:' || p_pot_id, 'wallet:' || v_player.user_id],
        array['joined', 'balance'],
        array[
            jsonb_build_object(
                'pot_id', p_pot_id,
                'version', v_new.version,
                'at', v_new.at,
                'entrant', left(v_new.tag, 16),
                'ticket_count', p_ticket_count,
                'tickets_sold', v_new.tickets_sold,
                'credits_committed', v_new.credits_committed,
                'participant_count', v_new.participants
            ),
            jsonb_build_object(
                'pot_id', p_pot_id,
                'version', v_wallet.version + 1,
                'at', v_new.at,
                'balance', v_new.balance
            )
        ]
    );
    if v_at >= v_now.pulse_at then
        perform private.pulse_lobby(p_pot_id);
    end if;
    if v_new.tickets_sold = v_pot.max_tickets then
        perform private.wake_services('full', p_pot_id);
    end if;
    return jsonb_build_object(
        'entry_id', v_entry_id,
        'pot_id', p_pot_id,
        'ticket_count', p_ticket_count,
        'credits_spent', v_pot.cost,
        'balance', v_new.balance,
        'tickets_sold', v_new.tickets_sold,
        'credits_committed', v_new.credits_committed,
        'entrant', left(v_new.tag, 16),
        'salt', encode(v_salt, 'hex')
    );
end $$;

comment on function private.join_pot(uuid, integer, text) is
'Definer half of public.join_pot.';

revoke all on function private.join_pot(uuid, integer, text)
from public, anon, authenticated, service_role;
grant execute on function private.join_pot(uuid, integer, text)
to authenticated, service_role;
