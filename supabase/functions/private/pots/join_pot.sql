-- A player buys tickets: credits go to the pot's escrow, tickets out of its counter, an entry
-- is written.
--
-- Guards, in order: arguments; login; the pot exists; an earlier call with this key; the pot is
-- open, not paused and
-- before its deadline; those of private.guard_join; the cap a player; credits; tickets left; still
-- before the deadline once
-- every wait is over.
-- Locks, in order: the caller's pseudonym when it is new; the gate, shared; the caller's wallet;
-- those of private.guard_join; one stripe (all, ascending, for the last tickets).
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
    v_user uuid := private.caller_sub();
    v_problem text;
    v_pot public.pots;
    v_state private.pot_states;
    v_context private.request_context;
    v_wallet private.wallets;
    v_request jsonb;
    v_result jsonb;
    v_held bigint;
    v_cost bigint;
    v_stripe smallint;
    v_totals record;
    v_entry_id uuid := gen_random_uuid();
    v_salt bytea := extensions.gen_random_bytes(32);
    v_tag text;
    v_at timestamptz;
begin
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
    v_problem := private.player_problem();
    if v_problem = 'account_blocked' then
        return private.refuse_player(v_problem, 'join_refused', p_pot_id);
    elsif v_problem is not null then
        perform private.fail(v_problem);
    end if;
    if not exists (select from public.pots as p where p.id = p_pot_id) then
        perform private.fail('pot_not_found');
    end if;

    -- Before the wallet, as in the lock order: the first act of a caller writes a row.
    perform private.actor_pseudonym();
    perform pg_advisory_xact_lock_shared(private.gate_key(p_pot_id));
    v_wallet := private.lock_wallet(v_user);
    -- While this call waited for the wallet.
    if private.is_erased(v_user) then
        perform private.fail('not_allowed');
    end if;

    -- From here on nothing of this player and no state of this pot changes under us.
    v_request := jsonb_build_object('pot_id', p_pot_id, 'ticket_count', p_ticket_count);
    v_result := private.replayed('join_pot', p_idempotency_key, v_request);
    if v_result is not null then
        return v_result;
    end if;
    select * into strict v_pot from public.pots as p where p.id = p_pot_id;
    if v_pot.status <> 'open' or private.now() >= v_pot.locks_at and v_pot.paused_at is null then
        perform private.fail('pot_not_open', jsonb_build_object('status', v_pot.status));
    end if;
    if v_pot.paused_at is not null then
        perform private.fail('pot_paused');
    end if;
    -- Whoever compliance took out of a pot stays out of it.
    if exists (
        select
        from public.pot_entries as e
        inner join private.exclusions as x on e.id = x.entry_id
        where e.pot_id = p_pot_id and e.user_id = v_user
    ) then
        return private.refuse_player(
            'account_blocked', 'join_refused', p_pot_id, '{"reason": "excluded"}'
        );
    end if;

    select * into strict v_state from private.pot_states as s where s.pot_id = p_pot_id;
    v_context := private.request_context(v_state.pepper_id);
    v_result := private.guard_join(v_pot, v_state.template_id, v_user, p_ticket_count, v_context);
    if v_result is not null then
        return v_result;
    end if;
    if private.scan_join(v_user, v_context.device_hash) = 'refuse' then
        return private.refuse_player(
            'account_blocked', 'join_refused', p_pot_id, '{"reason": "confirmed_ring"}'
        );
    end if;

    select coalesce(sum(e.ticket_count), 0) into v_held
    from public.pot_entries as e
    where e.pot_id = p_pot_id and e.user_id = v_user and e.cancelled_at is null;
    if v_held + p_ticket_count > v_pot.max_per_user then
        perform private.fail('ticket_cap_exceeded', jsonb_build_object(
            'max_per_user', v_pot.max_per_user, 'held', v_held, 'left', v_pot.max_per_user - v_held
        ));
    end if;
    v_cost := v_pot.entry_cost * p_ticket_count;
    if coalesce(v_wallet.balance, 0) < v_cost then
        perform private.fail('insufficient_credits', jsonb_build_object(
            'balance', coalesce(v_wallet.balance, 0), 'cost', v_cost
        ));
    end if;

    v_stripe := private.take_tickets(
        p_pot_id, p_ticket_count, case when v_held = 0 then 1 else 0 end
    );
    if v_stripe is null then
        perform private.fail('pot_full', jsonb_build_object(
            'left', v_pot.max_tickets - (private.pot_totals(p_pot_id)).tickets_sold
        ));
    end if;
    v_at := private.now();
    if v_at >= v_pot.locks_at then
        perform private.fail('pot_not_open', jsonb_build_object('status', v_pot.status));
    end if;

    v_tag := encode(private.entrant_tag(v_salt, p_pot_id, v_user), 'hex');
    insert into public.pot_entries (
        id, pot_id, user_id, ticket_count, credits_spent, salt, entrant_tag,
        ip_hash, device_hash, region, correlation_id, stripe, created_at
    )
    values (
        v_entry_id, p_pot_id, v_user, p_ticket_count, v_cost, encode(v_salt, 'hex'), v_tag,
        v_context.ip_hash, v_context.device_hash, v_context.region, v_context.correlation_id,
        v_stripe, v_at
    );
    perform private.post_transfer(
        'join', p_pot_id, v_entry_id, v_wallet.account_id, v_state.escrow_account, v_cost, v_at
    );

    v_totals := private.pot_totals(p_pot_id);
    v_result := jsonb_build_object(
        'entry_id', v_entry_id,
        'pot_id', p_pot_id,
        'ticket_count', p_ticket_count,
        'credits_spent', v_cost,
        'balance', v_wallet.balance - v_cost,
        'tickets_sold', v_totals.tickets_sold,
        'credits_committed', v_totals.tickets_sold * v_pot.entry_cost,
        'entrant', left(v_tag, 16),
        'salt', encode(v_salt, 'hex')
    );
    perform private.remember('join_pot', p_idempotency_key, v_request, v_result);
    perform private.log_event('pot_joined', p_pot_id, jsonb_build_object(
        'entry_id', v_entry_id,
        'entrant', left(v_tag, 16),
        'ticket_count', p_ticket_count,
        'credits_spent', v_cost,
        'entry_cost', v_pot.entry_cost,
        'max_tickets', v_pot.max_tickets,
        'tickets_sold', v_totals.tickets_sold,
        'participant_count', v_totals.participants,
        'first_entry', v_held = 0
    ));

    perform private.announce_pot(p_pot_id, 'joined', jsonb_build_object(
        'entrant', left(v_tag, 16),
        'ticket_count', p_ticket_count,
        'tickets_sold', v_totals.tickets_sold,
        'credits_committed', v_totals.tickets_sold * v_pot.entry_cost,
        'participant_count', v_totals.participants
    ));
    perform private.announce_wallet(v_user, p_pot_id);
    perform private.pulse_lobby(p_pot_id);
    if v_totals.tickets_sold = v_pot.max_tickets then
        perform private.wake_services('full', p_pot_id);
    end if;
    return v_result;
end $$;

comment on function private.join_pot(uuid, integer, text) is
'Definer half of public.join_pot.';

revoke all on function private.join_pot(uuid, integer, text)
from public, anon, authenticated, service_role;
grant execute on function private.join_pot(uuid, integer, text)
to authenticated, service_role;
