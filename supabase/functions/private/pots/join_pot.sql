-- A player buys tickets: credits go to the pot's escrow, tickets out of its counter, an entry
-- is written.
--
-- Nearly every join has nothing against it, so that is asked first, in a statement a step; what is
-- against it is then told by the functions that know (docs/decisions/0230).
--
-- Guards, in order: arguments; login; the pot exists; an earlier call with this key; the pot is
-- open, not paused and before its deadline; those of private.guard_join; the cap a player; credits;
-- tickets left; still before the deadline once every wait is over.
-- Locks, in order: the caller's pseudonym when it is new; the gate, shared; the caller's wallet;
-- those of private.known_as and of private.guard_join; one stripe (all, ascending, for the last
-- tickets).
-- Writes: pot_entries, stripe, transfer, idempotency key, event pot_joined; to realtime joined,
-- balance, updated.
-- Raises: invalid_argument, invalid_ticket_count, login_required, not_allowed, pot_not_found,
-- idempotency_key_reused, pot_not_open, pot_paused, ticket_cap_exceeded, insufficient_credits,
-- pot_full; returns account_blocked, region_blocked, velocity_exceeded with their record.
create or replace function private.join_pot(
    p_pot_id uuid, p_ticket_count integer, p_idempotency_key text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
declare
    v_player private.player;
    v_context private.request_context;
    v_caller record;
    v_wallet private.wallets;
    v_now record;
    v_result jsonb;
    v_at timestamptz;
    v_time text;
    v_tag text;
    v_entry_id uuid := gen_random_uuid();
    v_salt bytea := extensions.gen_random_bytes(32);
    v_sold record;
    v_stripe smallint;
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
    -- A caller of whom anything is unusual is looked at by private.caller_player, so this may take
    -- too many for unusual and never too few. Whoever has joined before has a pseudonym.
    select
        u.id as user_id,
        a.actor_id,
        u.created_at as signed_up_at,
        -- As the claims are written: an escape may stand for any letter.
        strpos(r.written, 'pot_') = 0
        and strpos(r.written, e'\\') = 0
        and r.claims -> 'is_anonymous' is distinct from 'true'
        and u.is_anonymous is not true
        and u.deleted_at is null
        and u.banned_until is null
        and strpos(u.raw_app_meta_data::text, 'pot_') > 0 is not true
        and not exists (select from private.staff as l where l.user_id = u.id) as is_usual
    into v_caller
    from (
        select h.written, h.written::jsonb as claims
        from (
            select nullif(current_setting('request.jwt.claims', true), '') as written
        ) as h
        offset 0
    ) as r
    inner join private.actors as a on a.subject = lower(r.claims ->> 'sub')
    inner join auth.users as u on u.id = case
        when length(a.subject) = 36 and a.subject ~ '^[0-9a-f-]+$' then a.subject::uuid
    end;
    if v_caller.is_usual is not true then
        v_player := private.caller_player();
        if v_player.problem is not null then
            if v_player.problem = 'account_blocked' then
                return private.refuse_player(v_player.problem, 'join_refused', p_pot_id);
            end if;
            perform private.fail(v_player.problem);
        end if;
        if not exists (select from public.pots as p where p.id = p_pot_id) then
            perform private.fail('pot_not_found');
        end if;
        -- Before gate and wallet, as in the lock order: the first act of a caller writes a row.
        v_player.actor_id := coalesce(v_player.actor_id, private.actor_pseudonym());
    else
        v_player := (
            v_caller.user_id, null, false, v_caller.actor_id, v_caller.signed_up_at
        )::private.player;
    end if;
    perform pg_advisory_xact_lock_shared(private.gate_key(p_pot_id));
    -- A statement of its own: what the next ones read of this player cannot be stale.
    select * into v_wallet
    from private.wallets as w
    where w.user_id = v_player.user_id
    for update;
    v_at := private.now();
    -- A tally that is of less than the last day, as of wallets that are older than it is.
    if coalesce(v_wallet.tally_from, 'infinity') > v_at - interval '24 hours' then
        v_wallet := private.counted_tally(v_wallet, v_at);
    end if;
    -- From here on nothing of this player and no state of this pot changes under us. One look at
    -- where the request comes from (docs/guard-rails.md says how far that is trusted) and at all
    -- that may stand in the way: where `is_free`, nothing does but the number of tickets and of
    -- accounts. Each guard rail that may concern the join is looked at and not only the narrowest
    -- of a rule, and a new account is never free where there are rules for those: again too many
    -- are stopped here and never too few, and private.guard_join decides. The tally, too, has
    -- whatever was played in the last day, and may have more (docs/decisions/0246).
    select
        f.*,
        g.of_ip,
        g.of_device,
        f.status = 'open'
        and f.paused_at is null
        and v_at < f.locks_at
        and not f.is_erased
        and not f.is_repeated
        and not f.refuses_rings
        and not f.is_limited
        and f.held + p_ticket_count <= f.max_per_user
        and f.cost <= coalesce(v_wallet.balance, 0)
        and v_player.is_staff is not true
        and g.is_reached is not true as is_free
    into v_now
    from (
        select
            p.entry_cost, p.max_tickets, p.max_per_user, p.status, p.locks_at, p.paused_at,
            s.version as state_version, s.template_id, s.pepper_id, s.escrow_account,
            k.secret,
            -- The cap a player is not checked yet: no more than all of the pot, or this overflows.
            p.entry_cost * least(p_ticket_count, p.max_tickets) as cost,
            case
                when c.trusted_hops > 0 then private.normal_address(private.forwarded_address(
                    r.headers ->> 'x-forwarded-for', c.trusted_hops
                ))
                when lower(c.ip_header) <> 'x-forwarded-for'
                    then private.normal_address(r.headers ->> lower(c.ip_header))
            end as address,
            private.normal_device(r.headers ->> 'x-device-id') as device,
            private.normal_region(r.headers ->> lower(c.region_header)) as region,
            private.normal_correlation_id(r.headers ->> 'x-correlation-id') as correlation_id,
            (select t.name from private.pot_templates as t where t.id = s.template_id) as template,
            h.held, h.ip_hash, h.device_hash,
            -- Whoever compliance took out of a pot stays out of it.
            exists (
                select from private.exclusions as x where x.pot_id = p_pot_id
            ) as has_exclusions,
            -- While this call waited for the wallet.
            exists (
                select
                from private.erasures as e
                where e.user_id = v_player.user_id and e.erased_at is not null
            ) as is_erased,
            exists (
                select
                from private.idempotency_keys as i
                where i.operation = 'join_pot' and i.key = p_idempotency_key
            ) as is_repeated,
            exists (
                select
                from private.flag_policies as q
                where q.kind = 'confirmed_ring' and q.effect = 'refuse'
            ) as refuses_rings,
            exists (
                select from private.play_limits as l where l.user_id = v_player.user_id
            )
            or exists (
                select
                from private.play_breaks as b
                where b.user_id = v_player.user_id and b.ends_at > v_at
            )
            -- One who was erased while self-excluded holds up nobody else for years.
            or case
                when exists (select from private.exclusion_marks)
                    then private.excluded_until(v_player.user_id, v_at) is not null
                else false
            end as is_limited,
            -- Nearly every join finds that the lobby heard of the pot just now.
            (
                select l.sent_at + c.lobby_interval
                from private.lobby_pulses as l
                where l.pot_id = p_pot_id
            ) as pulse_at
        from public.pots as p
        inner join private.pot_states as s on s.pot_id = p_pot_id
        inner join private.peppers as k on s.pepper_id = k.id
        cross join private.settings as c
        cross join (
            select nullif(current_setting('request.headers', true), '')::jsonb as headers
            offset 0
        ) as r
        cross join (
            -- Of the hashes any will do: each is of an entry that the player has.
            select
                coalesce(sum(e.ticket_count), 0) as held,
                max(e.ip_hash) as ip_hash,
                max(e.device_hash) as device_hash
            from public.pot_entries as e
            where e.pot_id = p_pot_id
                and e.user_id = v_player.user_id
                and e.cancelled_at is null
            offset 0
        ) as h
        where p.id = p_pot_id
        offset 0
    ) as f
    cross join lateral (
        select
            min(case when r.rule = 'accounts_per_ip' then r.value::bigint end) as of_ip,
            min(case when r.rule = 'accounts_per_device' then r.value::bigint end) as of_device,
            bool_or(case r.rule
                when 'joins_per_minute' then d.joins + 1 > r.value::bigint
                when 'credits_per_minute' then d.credits + f.cost > r.value::bigint
                when 'joins_per_day' then v_wallet.tally_joins + 1 > r.value::bigint
                when 'credits_per_day' then v_wallet.tally_credits + f.cost > r.value::bigint
                when 'blocked_regions' then r.value ? f.region
                when 'account_age_hours' then v_at < v_player.signed_up_at
                    + make_interval(hours => r.value::integer)
                when 'new_account_hours' then v_at < v_player.signed_up_at
                    + make_interval(hours => r.value::integer)
            end) as is_reached
        from private.guard_rails as r
        cross join (
            -- Entries that were taken back count: a limit of speed is about acts.
            select
                count(*) as joins,
                coalesce(sum(e.credits_spent), 0)::bigint as credits
            from public.pot_entries as e
            where e.user_id = v_player.user_id and e.created_at > v_at - interval '1 minute'
            offset 0
        ) as d
        where (r.scope, r.scope_id) in (
                ('user', v_player.user_id::text),
                ('template', f.template),
                ('region', f.region),
                ('global', '')
            )
            and r.value <> '"off"'
    ) as g;
    if not found then
        perform private.fail('pot_not_found');
    end if;
    if not v_now.is_free then
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
    end if;
    -- Of one player only: whoever else joins that pot is as free as in another.
    if v_now.has_exclusions and exists (
        select
        from public.pot_entries as e
        inner join private.exclusions as x on e.id = x.entry_id
        where e.pot_id = p_pot_id and e.user_id = v_player.user_id
    ) then
        return private.refuse_player(
            'account_blocked', 'join_refused', p_pot_id, '{"reason": "excluded"}'
        );
    end if;
    -- Not before: a pot that has ended may have no pepper any more, and still answers.
    if v_now.secret is null then
        v_now.secret := private.pepper_secret(v_now.pepper_id);
    end if;
    v_context := (
        private.fingerprint('ip', v_now.address, v_now.secret),
        private.fingerprint('device', v_now.device, v_now.secret),
        v_now.region,
        coalesce(v_now.correlation_id, private.correlation_id())
    );
    -- Under the first pepper nobody was known by another.
    if v_now.pepper_id > 1 then
        v_context.ip_hash := private.known_as(
            'ip', v_now.address, v_context.ip_hash, v_now.pepper_id
        );
        v_context.device_hash := private.known_as(
            'device', v_now.device, v_context.device_hash, v_now.pepper_id
        );
    end if;
    if not v_now.is_free then
        v_result := private.guard_join(
            p_pot_id, v_now.template_id, v_player, p_ticket_count, v_now.cost, v_now.held,
            v_context
        );
        if v_result is not null then
            return v_result;
        end if;
        if v_now.refuses_rings
            and private.scan_join(v_player.user_id, v_context.device_hash) = 'refuse'
        then
            return private.refuse_player(
                'account_blocked', 'join_refused', p_pot_id, '{"reason": "confirmed_ring"}'
            );
        end if;
        if v_now.held + p_ticket_count > v_now.max_per_user then
            perform private.fail('ticket_cap_exceeded', jsonb_build_object(
                'max_per_user', v_now.max_per_user,
                'held', v_now.held,
                'left', v_now.max_per_user - v_now.held
            ));
        end if;
        if coalesce(v_wallet.balance, 0) < v_now.cost then
            perform private.fail('insufficient_credits', jsonb_build_object(
                'balance', coalesce(v_wallet.balance, 0), 'cost', v_now.cost
            ));
        end if;
        -- Who comes near a limit has a tally that is near to what is counted.
        if v_wallet.tally_from < v_at - interval '25 hours' then
            v_wallet := private.counted_tally(v_wallet, v_at);
        end if;
        -- private.guard_join has counted the accounts.
        v_now.of_ip := null;
        v_now.of_device := null;
    elsif v_now.of_ip is not null and v_now.ip_hash is distinct from v_context.ip_hash
        or v_now.of_device is not null and v_now.device_hash is distinct from v_context.device_hash
    then
        -- As in private.guard_accounts: not for a player who is known from there, who is no account
        -- more. The next statement sees what whoever held these locks committed.
        perform
            case when v_now.of_ip is not null then pg_advisory_xact_lock(
                hashtextextended('pots/ip/' || p_pot_id || v_context.ip_hash, 0)
            ) end,
            case when v_now.of_device is not null then pg_advisory_xact_lock(
                hashtextextended('pots/device/' || p_pot_id || v_context.device_hash, 0)
            ) end;
        -- An address and a device that the player has entries from, or fewer entries of others than
        -- there may be accounts.
        if not (
            (
                v_now.of_ip is null
                or v_now.held > 0 and exists (
                    select
                    from public.pot_entries as e
                    where e.ip_hash = v_context.ip_hash
                        and e.pot_id = p_pot_id
                        and e.user_id = v_player.user_id
                        and e.cancelled_at is null
                )
                or v_now.of_ip > (
                    select count(*)
                    from public.pot_entries as e
                    where e.ip_hash = v_context.ip_hash
                        and e.pot_id = p_pot_id
                        and e.user_id <> v_player.user_id
                        and e.cancelled_at is null
                )
            )
            and (
                v_now.of_device is null
                or v_now.held > 0 and exists (
                    select
                    from public.pot_entries as e
                    where e.device_hash = v_context.device_hash
                        and e.pot_id = p_pot_id
                        and e.user_id = v_player.user_id
                        and e.cancelled_at is null
                )
                or v_now.of_device > (
                    select count(*)
                    from public.pot_entries as e
                    where e.device_hash = v_context.device_hash
                        and e.pot_id = p_pot_id
                        and e.user_id <> v_player.user_id
                        and e.cancelled_at is null
                )
            )
        ) then
            v_result := private.guard_join(
                p_pot_id, v_now.template_id, v_player, p_ticket_count, v_now.cost, v_now.held,
                v_context
            );
            if v_result is not null then
                return v_result;
            end if;
        end if;
    end if;

    -- Nearly every join of a large pot finds tickets in its backend's own stripe
    -- (private.take_tickets). A subtransaction, since a stripe that was found changed and passed over
    -- is kept otherwise. Not in a batch that holds a stripe already: to skip what is locked may take
    -- a wait (private.try_tickets).
    begin
        with own as (
            select c.stripe
            from private.pot_stripes as c
            where c.pot_id = p_pot_id
                and c.stripe = pg_backend_pid() % 32
                and current_setting('pots.keeps_stripes', true) = 'on' is not true
                and c.quota - c.sold >= p_ticket_count
            for update of c skip locked
        )

        update private.pot_stripes as c
        set
            sold = c.sold + p_ticket_count,
            participants = c.participants + case when v_now.held = 0 then 1 else 0 end,
            version = c.version + 1
        from own as o
        cross join lateral (
            select
                coalesce(sum(each.sold), 0) as sold,
                coalesce(sum(each.participants), 0) as participants,
                coalesce(sum(each.version), 0) as version -- noqa: RF04
            from private.pot_stripes as each
            where each.pot_id = p_pot_id and each.stripe <> o.stripe
        ) as r
        where c.pot_id = p_pot_id and c.stripe = o.stripe
        returning
            c.stripe,
            r.sold + c.sold as tickets_sold,
            r.participants + c.participants as participants,
            v_now.state_version + r.version + c.version as version -- noqa: RF04
        into v_sold;
        v_stripe := v_sold.stripe;
        if v_stripe is null then
            raise lock_not_available;
        end if;
    exception
        when lock_not_available then
            null;
    end;
    if v_stripe is null then
        v_stripe := private.take_tickets(
            p_pot_id, p_ticket_count, case when v_now.held = 0 then 1 else 0 end
        );
        if v_stripe is null then
            perform private.fail('pot_full', jsonb_build_object(
                'left', v_now.max_tickets - (private.pot_totals(p_pot_id)).tickets_sold
            ));
        end if;
        select
            sum(c.sold) as tickets_sold,
            sum(c.participants) as participants,
            v_now.state_version + sum(c.version) as version -- noqa: RF04
        into strict v_sold
        from private.pot_stripes as c
        where c.pot_id = p_pot_id;
    end if;
    v_at := private.now();
    if v_at >= v_now.locks_at then
        perform private.fail('pot_not_open', jsonb_build_object('status', v_now.status));
    end if;

    -- private.entrant_tag, of a salt that has its 32 bytes.
    v_tag := encode(extensions.hmac(
        uuid_send(p_pot_id) || uuid_send(v_player.user_id), v_salt, 'sha256'
    ), 'hex');
    insert into public.pot_entries (
        id, pot_id, user_id, ticket_count, credits_spent, salt, entrant_tag,
        ip_hash, device_hash, region, correlation_id, stripe, created_at
    )
    values (
        v_entry_id, p_pot_id, v_player.user_id, p_ticket_count, v_now.cost,
        encode(v_salt, 'hex'), v_tag, v_context.ip_hash, v_context.device_hash,
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
            'tickets_sold', v_sold.tickets_sold,
            'participant_count', v_sold.participants,
            'first_entry', v_now.held = 0
        ),
        v_at
    );
    -- The wallet is held, so both sides are known: what private.post_transfer looks up.
    insert into private.transfers (kind, pot_id, entry_id, amount, created_at)
    values ('join', p_pot_id, v_entry_id, v_now.cost, v_at)
    returning id into strict v_transfer_id;
    insert into private.ledger_entries (transfer_id, account_id, amount, balance_after, version)
    values
    (
        v_transfer_id, v_wallet.account_id, -v_now.cost, v_wallet.balance - v_now.cost,
        v_wallet.version + 1
    ),
    (v_transfer_id, v_now.escrow_account, v_now.cost, null, null);
    update private.wallets as w
    set
        balance = v_wallet.balance - v_now.cost,
        version = v_wallet.version + 1,
        tally_from = v_wallet.tally_from,
        tally_joins = v_wallet.tally_joins + 1,
        tally_credits = v_wallet.tally_credits + v_now.cost
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
                'balance', v_wallet.balance - v_now.cost,
                'tickets_sold', v_sold.tickets_sold
            ),
            v_at
        )
        on conflict (operation, key) do nothing;
        if not found then
            perform private.fail('idempotency_key_reused');
        end if;
    end if;
    v_time := private.json_time(v_at);
    perform private.send_messages(
        array['pots:' || p_pot_id, 'wallet:' || v_player.user_id],
        array['joined', 'balance'],
        array[
            jsonb_build_object(
                'pot_id', p_pot_id,
                'version', v_sold.version,
                'at', v_time,
                'entrant', left(v_tag, 16),
                'ticket_count', p_ticket_count,
                'tickets_sold', v_sold.tickets_sold,
                'credits_committed', v_sold.tickets_sold * v_now.entry_cost,
                'participant_count', v_sold.participants
            ),
            jsonb_build_object(
                'pot_id', p_pot_id,
                'version', v_wallet.version + 1,
                'at', v_time,
                'balance', v_wallet.balance - v_now.cost
            )
        ]
    );
    if v_at >= v_now.pulse_at then
        perform private.pulse_lobby(p_pot_id);
    end if;
    if v_sold.tickets_sold = v_now.max_tickets then
        perform private.wake_services('full', p_pot_id);
    end if;
    return jsonb_build_object(
        'entry_id', v_entry_id,
        'pot_id', p_pot_id,
        'ticket_count', p_ticket_count,
        'credits_spent', v_now.cost,
        'balance', v_wallet.balance - v_now.cost,
        'tickets_sold', v_sold.tickets_sold,
        'credits_committed', v_sold.tickets_sold * v_now.entry_cost,
        'entrant', left(v_tag, 16),
        'salt', encode(v_salt, 'hex')
    );
end $$;

comment on function private.join_pot(uuid, integer, text) is
'Definer half of public.join_pot.';

revoke all on function private.join_pot(uuid, integer, text)
from public, anon, authenticated, service_role;
grant execute on function private.join_pot(uuid, integer, text)
to authenticated, service_role;
