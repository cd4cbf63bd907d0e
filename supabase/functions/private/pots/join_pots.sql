-- Joins of many players in one pot. Those that nothing speaks against, which are nearly all, are
-- looked at and written together; each of the rest goes through private.join_pot by itself, so that
-- what it is refused for is decided, told and recorded in one place.
--
-- Guards, in order: arguments; the pot exists; a join: those of private.join_pot.
-- Locks, in order: new pseudonyms, by user; the gate, shared; the wallets of all players, by user;
-- after a rotation of the pepper, new links of all addresses and then of all devices, by hash;
-- where accounts an address or a device are limited, all addresses and then all devices, by key;
-- one stripe (all, ascending, for the last tickets).
-- Writes: as private.join_pot, for each join; `updated` once.
-- Raises: invalid_argument, pot_not_found, busy.
create or replace function private.join_pots(p_batch jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
set enable_seqscan = off
as $$
declare
    c_most constant integer := 500;
    c_of_ip constant bytea := convert_to('pots/ip/v1', 'UTF8') || '\x00'::bytea;
    c_of_device constant bytea := convert_to('pots/device/v1', 'UTF8') || '\x00'::bytea;
    v_pot_id uuid;
    v_joins private.batch_join[];
    v_pot record;
    v_now record;
    v_rails jsonb;
    v_at timestamptz;
    v_minute_ago timestamptz;
    v_day_ago timestamptz;
    v_correlation_id text := private.correlation_id();
    v_plain private.plain_join[];
    v_counts_accounts boolean;
    v_apart uuid[];
    v_repeats integer[];
    v_used_keys text[];
    v_stripe smallint;
    v_total bigint;
    v_is_scarce boolean;
    v_totals record;
    v_results jsonb;
    v_joined integer;
begin
    if jsonb_typeof(p_batch) is distinct from 'array'
        or jsonb_array_length(p_batch) not between 1 and c_most
        or p_batch -> 0 ->> 'pot_id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' is not true
        or (
            select
                bool_or(
                    jsonb_typeof(b.item) <> 'object'
                    or jsonb_typeof(b.item -> 'pot_id') is distinct from 'string'
                    or lower(b.item ->> 'pot_id') <> lower(p_batch -> 0 ->> 'pot_id')
                    or jsonb_typeof(b.item -> 'user_id') is distinct from 'string'
                    or b.item ->> 'user_id' not like '________-____-____-____-____________'
                    or length(replace(b.item ->> 'user_id', '-', '')) <> 32
                    or jsonb_typeof(b.item -> 'ticket_count') is distinct from 'number'
                    or coalesce(jsonb_typeof(b.item -> 'idempotency_key'), 'null')
                    not in ('null', 'string')
                    or coalesce(jsonb_typeof(b.item -> 'ip'), 'null') not in ('null', 'string')
                    or coalesce(jsonb_typeof(b.item -> 'device'), 'null') not in ('null', 'string')
                    or coalesce(jsonb_typeof(b.item -> 'region'), 'null') not in ('null', 'string')
                    or coalesce(jsonb_typeof(b.item -> 'correlation_id'), 'null')
                    not in ('null', 'string')
                    or b.item - '{pot_id,user_id,ticket_count,idempotency_key,ip,device,region,'
                    'correlation_id}'::text[] <> '{}'
                )
                -- A pattern is looked for once a batch: most of what it takes is to begin.
                or string_agg(b.item ->> 'user_id', '') ~ '[^-0-9a-fA-F]'
                or string_agg((b.item ->> 'ticket_count') || ';', '') !~ '^(-?[0-9]{1,9};)*$'
            from jsonb_array_elements(p_batch) as b (item)
        )
    then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'batch',
            'expected', format(
                '1 to %s of {pot_id, user_id, ticket_count, and idempotency_key, ip, device, '
                'region, correlation_id as far as known}, of one pot', c_most
            )
        ));
    end if;
    perform private.require_read_committed();
    v_pot_id := (p_batch -> 0 ->> 'pot_id')::uuid;
    v_joins := array(
        select row(
            b.place,
            (b.item ->> 'user_id')::uuid,
            (b.item ->> 'ticket_count')::integer,
            b.item ->> 'idempotency_key',
            b.item ->> 'ip',
            b.item ->> 'device',
            b.item ->> 'region',
            -- A join that has none has the batch's, also when it goes through join_pot.
            coalesce(
                nullif(left(btrim(regexp_replace(
                    left(b.item ->> 'correlation_id', 1000), '[^\x20-\x7e]', '', 'g'
                )), 200), ''),
                v_correlation_id
            )
        )::private.batch_join
        from jsonb_array_elements(p_batch) with ordinality as b (item, place)
        order by b.place
    );
    if not exists (select from public.pots as p where p.id = v_pot_id) then
        perform private.fail('pot_not_found');
    end if;
    perform private.pseudonym_of(u.id::text)
    from (
        select u.id
        from auth.users as u
        where u.id in (select j.user_id from unnest(v_joins) as j)
            and not exists (select from private.actors as a where a.subject = u.id::text)
            -- Who was forgotten gets no new pseudonym.
            and not exists (
                select
                from private.erasures as e
                where e.user_id = u.id and e.erased_at is not null
            )
        order by u.id::text
    ) as u;
    select
        pg_advisory_xact_lock_shared(private.gate_key(v_pot_id)),
        p.entry_cost, p.max_tickets, p.max_per_user, s.template_id, s.pepper_id, s.escrow_account,
        -- A pot that has ended may have none any more, and still answers.
        case when p.status = 'open' then coalesce(k.secret, private.pepper_secret(k.id)) end
            as pepper
    into strict v_pot
    from public.pots as p
    inner join private.pot_states as s on p.id = s.pot_id
    inner join private.peppers as k on s.pepper_id = k.id
    where p.id = v_pot_id;
    -- A statement of its own: what the next ones read of these players cannot be stale.
    perform
    from private.wallets as w
    where w.user_id in (select j.user_id from unnest(v_joins) as j)
    order by w.user_id
    for update;
    -- From here on nothing of these players and no state of this pot changes under us.
    select
        p.status = 'open' and p.paused_at is null and not exists (
            select
            from private.flag_policies as f
            where f.kind = 'confirmed_ring' and f.effect = 'refuse'
        ) as is_plain,
        p.locks_at,
        s.version as state_version
    into strict v_now
    from public.pots as p
    inner join private.pot_states as s on p.id = s.pot_id
    where p.id = v_pot_id;
    v_at := private.now();
    v_minute_ago := v_at - interval '1 minute';
    v_day_ago := v_at - interval '24 hours';

    -- The rails of each region that occurs, for a player who has none of their own.
    v_rails := (
        select jsonb_object_agg(
            r.region,
            private.guard_rails_for(null, v_pot.template_id, r.region)
        )
        from (
            select distinct private.normal_region(s.region) as region
            from (select distinct j.region from unnest(v_joins) as j) as s
        ) as r
    );
    v_plain := array(
        select row(
            j.place, j.user_id, j.ticket_count, j.key,
            v_pot.entry_cost * least(j.ticket_count, v_pot.max_tickets),
            -- private.fingerprint, without a call for each.
            encode(extensions.hmac(
                c_of_ip || convert_to(private.normal_address(j.ip), 'UTF8'), v_pot.pepper, 'sha256'
            ), 'hex'),
            encode(extensions.hmac(
                c_of_device || convert_to(private.normal_device(j.device), 'UTF8'), v_pot.pepper,
                'sha256'
            ), 'hex'),
            private.normal_region(j.region),
            j.correlation_id,
            gen_random_uuid(), extensions.gen_random_bytes(32),
            null, null, null, null, null, null, null, null, null, null
        )::private.plain_join
        from unnest(v_joins) as j
    );
    -- Under the first pepper nobody was known by another (private.join_pot).
    if v_pot.pepper_id > 1 then
        -- A link that is new is a row that another join may be writing too.
        perform private.known_as('ip', n.address, n.ip_hash, v_pot.pepper_id)
        from (
            select distinct private.normal_address(j.ip) as address, p.ip_hash
            from unnest(v_plain) as p
            inner join unnest(v_joins) as j on p.place = j.place
            order by p.ip_hash
        ) as n;
        perform private.known_as('device', n.device, n.device_hash, v_pot.pepper_id)
        from (
            select distinct private.normal_device(j.device) as device, p.device_hash
            from unnest(v_plain) as p
            inner join unnest(v_joins) as j on p.place = j.place
            order by p.device_hash
        ) as n;
        v_plain := array(
            select row(
                p.place, p.user_id, p.ticket_count, p.key, p.cost,
                private.known_as(
                    'ip', private.normal_address(j.ip), p.ip_hash, v_pot.pepper_id
                ),
                private.known_as(
                    'device', private.normal_device(j.device), p.device_hash, v_pot.pepper_id
                ),
                p.region, p.correlation_id, p.entry_id, p.salt,
                null, null, null, null, null, null, null, null, null, null
            )::private.plain_join
            from unnest(v_plain) as p
            inner join unnest(v_joins) as j on p.place = j.place
            order by p.place
        );
    end if;
    -- A player with limits of the own goes through join_pot, which takes the same locks: of a batch
    -- all at once and before any stripe.
    v_counts_accounts := v_rails::text ~ 'accounts_per_';
    if v_counts_accounts or exists (
        select
        from private.guard_rails as g
        where g.scope = 'user'
            and g.rule in ('accounts_per_ip', 'accounts_per_device')
            and g.scope_id in (select j.user_id::text from unnest(v_joins) as j)
    ) then
        perform pg_advisory_xact_lock(k.key)
        from (
            select distinct hashtextextended('pots/ip/' || v_pot_id || j.ip_hash, 0) as key
            from unnest(v_plain) as j
            where j.ip_hash is not null
            order by 1
        ) as k;
        perform pg_advisory_xact_lock(k.key)
        from (
            select distinct hashtextextended('pots/device/' || v_pot_id || j.device_hash, 0)
                as key
            from unnest(v_plain) as j
            where j.device_hash is not null
            order by 1
        ) as k;
    end if;
    if v_now.is_plain and v_at < v_now.locks_at then
        -- Who may not join, or not like everybody: each of these tables is nearly always empty, or
        -- has none of these players. Keys that were used before, likewise.
        v_apart := array(
            select e.user_id
            from private.erasures as e
            where e.user_id in (select j.user_id from unnest(v_joins) as j)
                and e.erased_at is not null
            union all
            select s.user_id
            from private.staff as s
            where s.user_id in (select j.user_id from unnest(v_joins) as j)
            union all
            select j.user_id
            from unnest(v_joins) as j
            inner join private.guard_rails as g
                on g.scope = 'user' and g.scope_id = j.user_id::text
            union all
            select l.user_id
            from private.play_limits as l
            where l.user_id in (select j.user_id from unnest(v_joins) as j)
            union all
            select b.user_id
            from private.play_breaks as b
            where b.user_id in (select j.user_id from unnest(v_joins) as j) and b.ends_at > v_at
            union all
            select e.user_id
            from private.exclusions as x
            inner join public.pot_entries as e on x.entry_id = e.id
            where x.pot_id = v_pot_id
            union all
            select u.id
            from auth.users as u
            where u.id in (select j.user_id from unnest(v_joins) as j)
                and exists (select from private.exclusion_marks)
                and private.excluded_until(u.id, v_at) is not null
        );
        -- Of a player's joins the first goes with the others, of those with one key likewise, and
        -- where accounts are limited one account of an address or a device.
        v_repeats := array(
            select r.place
            from (
                select
                    j.*,
                    row_number() over (partition by j.user_id order by j.place) as of_player,
                    row_number() over (partition by j.key order by j.place) as of_key,
                    row_number() over (partition by j.ip_hash order by j.place) as of_ip,
                    row_number() over (partition by j.device_hash order by j.place) as of_device
                from unnest(v_plain) as j
            ) as r
            where r.of_player > 1
                or r.key is not null and r.of_key > 1
                or v_counts_accounts and (
                    r.ip_hash is not null and r.of_ip > 1
                    or r.device_hash is not null and r.of_device > 1
                )
        );
        v_used_keys := array(
            select k.key
            from private.idempotency_keys as k
            where k.operation = 'join_pot'
                and k.key = any (array(select j.key from unnest(v_joins) as j))
        );
        v_plain := array(
            select row(
                j.place, j.user_id, j.ticket_count, j.key, j.cost, j.ip_hash, j.device_hash,
                j.region, j.correlation_id, j.entry_id, j.salt,
                -- private.entrant_tag, of a salt that has its 32 bytes.
                encode(extensions.hmac(
                    uuid_send(v_pot_id) || uuid_send(j.user_id), j.salt, 'sha256'
                ), 'hex'),
                w.account_id, w.balance - j.cost, w.version + 1, a.actor_id,
                h.tickets = 0,
                null,
                case when t.counts_day then v_day_ago else w.tally_from end,
                case when t.counts_day then d.joins else w.tally_joins end + 1,
                case when t.counts_day then d.credits else w.tally_credits end + j.cost
            )::private.plain_join
            from unnest(v_plain) as j
            inner join (
                select
                    each.key as region,
                    coalesce(each.value -> 'blocked_regions' ? each.key, false) as is_blocked,
                    -- A new account has limits of its own: join_pot knows them.
                    make_interval(hours => greatest(
                        (each.value ->> 'account_age_hours')::integer,
                        (each.value ->> 'new_account_hours')::integer
                    )) as old_enough,
                    (each.value ->> 'joins_per_minute')::bigint as joins_per_minute,
                    (each.value ->> 'credits_per_minute')::bigint as credits_per_minute,
                    (each.value ->> 'joins_per_day')::bigint as joins_per_day,
                    (each.value ->> 'credits_per_day')::bigint as credits_per_day,
                    (each.value ->> 'accounts_per_ip')::bigint as accounts_per_ip,
                    (each.value ->> 'accounts_per_device')::bigint as accounts_per_device
                from jsonb_each(v_rails) as each
                offset 0
            ) as r on j.region = r.region
            -- Each look-up is a subselect of one join, for which there is one plan whatever the
            -- planner knows of these tables: as a join of tables it would read all there is.
            cross join lateral (
                select u.created_at, a.actor_id
                from auth.users as u
                inner join private.actors as a on a.subject = u.id::text
                where u.id = j.user_id
                    and u.is_anonymous is not true
                    and u.deleted_at is null
                    and (u.banned_until is null or u.banned_until <= v_at)
                    and coalesce(strpos(u.raw_app_meta_data::text, 'pot_'), 0) = 0
                limit 1
            ) as a
            cross join lateral (
                select
                    w.account_id, w.balance, w.version, w.tally_from, w.tally_joins,
                    w.tally_credits
                from private.wallets as w
                where w.user_id = j.user_id and w.balance >= j.cost
                limit 1
            ) as w
            -- Whoever is known in the pot by the address or device is no account more of it.
            cross join lateral (
                select
                    coalesce(sum(e.ticket_count), 0) as tickets,
                    coalesce(bool_or(e.ip_hash = j.ip_hash), false) as has_ip,
                    coalesce(bool_or(e.device_hash = j.device_hash), false) as has_device
                from public.pot_entries as e
                where e.pot_id = v_pot_id and e.user_id = j.user_id and e.cancelled_at is null
            ) as h
            -- The tally has every join of the last day where it began before that. What it is too
            -- much for is counted.
            cross join lateral (
                select
                    case
                        when w.tally_from <= v_day_ago then (
                            w.tally_joins + 1 > r.joins_per_minute
                            or w.tally_credits + j.cost > r.credits_per_minute
                        ) is true
                        else coalesce(r.joins_per_minute, r.credits_per_minute) is not null
                    end as counts_minute,
                    case
                        when w.tally_from <= v_day_ago then (
                            w.tally_joins + 1 > r.joins_per_day
                            or w.tally_credits + j.cost > r.credits_per_day
                        ) is true
                        else coalesce(r.joins_per_day, r.credits_per_day) is not null
                    end as counts_day
                offset 0
            ) as t
            cross join lateral (
                select count(*) as joins, coalesce(sum(e.credits_spent), 0)::bigint as credits
                from public.pot_entries as e
                where t.counts_minute and e.user_id = j.user_id and e.created_at > v_minute_ago
            ) as m
            cross join lateral (
                select count(*) as joins, coalesce(sum(e.credits_spent), 0)::bigint as credits
                from public.pot_entries as e
                where t.counts_day and e.user_id = j.user_id and e.created_at > v_day_ago
            ) as d
            where j.ticket_count >= 1
                and j.place <> all (v_repeats)
                and j.user_id <> all (v_apart)
                and (
                    j.key is null
                    or length(j.key) <= 255
                    and j.key ~ '^[ -~]*[!-~][ -~]*$'
                    and j.key <> all (v_used_keys)
                )
                and h.tickets + j.ticket_count <= v_pot.max_per_user
                and not r.is_blocked
                and coalesce(v_at >= a.created_at + r.old_enough, true)
                -- The same limits as those of private.reached_limit, for who is not new.
                and coalesce(m.joins + 1 <= r.joins_per_minute, true)
                and coalesce(m.credits + j.cost <= r.credits_per_minute, true)
                and coalesce(d.joins + 1 <= r.joins_per_day, true)
                and coalesce(d.credits + j.cost <= r.credits_per_day, true)
                -- And as those of private.reached_accounts, with entries of others for their
                -- accounts, read up to as many as there may be.
                and (
                    r.accounts_per_ip is null
                    or h.has_ip
                    or r.accounts_per_ip > (
                        select count(*)
                        from (
                            select
                            from public.pot_entries as e
                            where e.ip_hash = j.ip_hash
                                and e.pot_id = v_pot_id
                                and e.cancelled_at is null
                            limit r.accounts_per_ip
                        ) as e
                    )
                )
                and (
                    r.accounts_per_device is null
                    or h.has_device
                    or r.accounts_per_device > (
                        select count(*)
                        from (
                            select
                            from public.pot_entries as e
                            where e.device_hash = j.device_hash
                                and e.pot_id = v_pot_id
                                and e.cancelled_at is null
                            limit r.accounts_per_device
                        ) as e
                    )
                )
            order by j.place
        );
    else
        v_plain := '{}'::private.plain_join[];
    end if;

    -- For the last tickets all stripes are taken first, in order: a later join of this batch must not
    -- wait for a stripe while an earlier one holds another.
    v_is_scarce := 2 * (
        select sum(greatest(j.ticket_count, 0)::bigint) from unnest(v_joins) as j
    ) > (
        select sum(c.quota - c.sold) from private.pot_stripes as c where c.pot_id = v_pot_id
    );
    if v_is_scarce then
        perform
        from private.pot_stripes as c
        where c.pot_id = v_pot_id
        order by c.stripe
        for update;
    end if;
    select sum(j.ticket_count), count(*) filter (where j.is_first)
    into v_total, v_joined
    from unnest(v_plain) as j;
    if v_total <= v_pot.max_tickets then
        v_stripe := private.take_tickets(v_pot_id, v_total::integer, v_joined);
    end if;
    -- While there is plenty nobody need wait, and what would have to is told to try again.
    if not v_is_scarce then
        perform pg_catalog.set_config('pots.keeps_stripes', 'on', true);
    end if;

    -- The pot has room for all of them: the usual case. Else each is asked for by itself.
    v_at := private.now();
    if v_stripe is not null and v_at < v_now.locks_at then
        update private.pot_stripes as c
        set version = c.version + cardinality(v_plain) - 1
        where c.pot_id = v_pot_id and c.stripe = v_stripe;
        select
            sum(c.sold) - v_total as tickets_sold,
            sum(c.participants) - v_joined as participants,
            v_now.state_version + sum(c.version) - cardinality(v_plain) as version -- noqa: RF04
        into strict v_totals
        from private.pot_stripes as c
        where c.pot_id = v_pot_id;
        v_plain := array(
            select row(
                j.place, j.user_id, j.ticket_count, j.key, j.cost, j.ip_hash, j.device_hash,
                j.region, j.correlation_id, j.entry_id, j.salt, j.tag, j.account_id, j.balance,
                j.wallet_version, j.actor_id, j.is_first,
                row(
                    v_totals.tickets_sold + sum(j.ticket_count) over given,
                    v_totals.participants + count(*) filter (where j.is_first) over given,
                    v_totals.version + row_number() over given
                )::private.pot_counts,
                j.tally_from, j.tally_joins, j.tally_credits
            )::private.plain_join
            from unnest(v_plain) as j
            window given as (order by j.place)
            order by j.place
        );
        insert into public.pot_entries (
            id, pot_id, user_id, ticket_count, credits_spent, salt, entrant_tag,
            ip_hash, device_hash, region, correlation_id, stripe, created_at
        )
        select
            j.entry_id, v_pot_id, j.user_id, j.ticket_count, j.cost, encode(j.salt, 'hex'), j.tag,
            j.ip_hash, j.device_hash, j.region, j.correlation_id, v_stripe, v_at
        from unnest(v_plain) as j
        order by j.place;
        -- As in private.join_pot, also what it says of the transaction's id.
        insert into private.events (
            event_id, kind, pot_id, actor_id, correlation_id, data, created_at
        )
        select
            j.entry_id, 'pot_joined', v_pot_id, j.actor_id, j.correlation_id,
            jsonb_build_object(
                'tickets_sold', (j.counts).tickets_sold,
                'participant_count', (j.counts).participants,
                'first_entry', j.is_first
            ),
            v_at
        from unnest(v_plain) as j
        order by j.place;
        with posted as (
            insert into private.transfers (kind, pot_id, entry_id, amount, created_at)
            select 'join', v_pot_id, j.entry_id, j.cost, v_at
            from unnest(v_plain) as j
            order by j.place
            returning id, entry_id, amount
        )

        insert into private.ledger_entries (
            transfer_id, account_id, amount, balance_after, version
        )
        select p.id, side.account_id, side.amount, side.balance, side.wallet_version
        from posted as p
        inner join unnest(v_plain) as j on p.entry_id = j.entry_id
        cross join lateral (
            values
            (j.account_id, -p.amount, j.balance, j.wallet_version),
            (v_pot.escrow_account, p.amount, null, null)
        ) as side (account_id, amount, balance, wallet_version);
        update private.wallets as w
        set
            balance = j.balance, version = j.wallet_version, tally_from = j.tally_from,
            tally_joins = j.tally_joins, tally_credits = j.tally_credits
        from unnest(v_plain) as j
        where w.user_id = j.user_id;
        -- A key that another player used meanwhile is told as busy by public.join_pots: asked again,
        -- it is found used.
        insert into private.idempotency_keys (
            operation, key, subject, request, response, created_at
        )
        select
            'join_pot', j.key, j.user_id::text,
            jsonb_build_object('pot_id', v_pot_id, 'ticket_count', j.ticket_count),
            -- The rest is the entry's (private.replayed_join).
            jsonb_build_object(
                'entry_id', j.entry_id,
                'balance', j.balance,
                'tickets_sold', (j.counts).tickets_sold
            ),
            v_at
        from unnest(v_plain) as j
        where j.key is not null
        order by j.key;
        perform private.send_messages(
            array_agg(m.topic order by j.place, m.event desc),
            array_agg(m.event order by j.place, m.event desc),
            array_agg(m.payload order by j.place, m.event desc)
        )
        from unnest(v_plain) as j
        cross join (select private.json_time(v_at) as at offset 0) as t
        cross join lateral (
            values
            (
                'pots:' || v_pot_id, 'joined',
                jsonb_build_object(
                    'pot_id', v_pot_id,
                    'version', (j.counts).version,
                    'at', t.at,
                    'entrant', left(j.tag, 16),
                    'ticket_count', j.ticket_count,
                    'tickets_sold', (j.counts).tickets_sold,
                    'credits_committed', (j.counts).tickets_sold * v_pot.entry_cost,
                    'participant_count', (j.counts).participants
                )
            ),
            (
                'wallet:' || j.user_id, 'balance',
                jsonb_build_object(
                    'pot_id', v_pot_id,
                    'version', j.wallet_version,
                    'at', t.at,
                    'balance', j.balance
                )
            )
        ) as m (topic, event, payload);
        perform private.pulse_lobby(v_pot_id);
        if v_totals.tickets_sold + v_total = v_pot.max_tickets then
            perform private.wake_services('full', v_pot_id);
        end if;
    elsif v_stripe is not null then
        -- Past the deadline meanwhile. Nothing of this batch was bought.
        perform private.fail('busy');
    else
        v_plain := '{}'::private.plain_join[];
    end if;

    select
        jsonb_agg(each.result order by each.place),
        count(*) filter (where each.result ? 'entry_id')
    into v_results, v_joined
    from (
        select
            j.place,
            case
                when p.place is null then private.join_as(v_pot_id, j)
                else jsonb_build_object(
                    'entry_id', p.entry_id,
                    'pot_id', v_pot_id,
                    'ticket_count', p.ticket_count,
                    'credits_spent', p.cost,
                    'balance', p.balance,
                    'tickets_sold', (p.counts).tickets_sold,
                    'credits_committed', (p.counts).tickets_sold * v_pot.entry_cost,
                    'entrant', left(p.tag, 16),
                    'salt', encode(p.salt, 'hex')
                )
            end as result
        from unnest(v_joins) as j
        left join unnest(v_plain) as p on j.place = p.place
        order by j.place
    ) as each;
    perform pg_catalog.set_config('pots.keeps_stripes', '', true);
    return jsonb_build_object('joined', v_joined, 'results', v_results);
end $$;

comment on function private.join_pots(jsonb) is
'Definer half of public.join_pots.';

revoke all on function private.join_pots(jsonb)
from public, anon, authenticated, service_role;
grant execute on function private.join_pots(jsonb)
to service_role;
