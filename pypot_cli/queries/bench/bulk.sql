-- Players and joins in bulk, for one session: the rows that grant_credits and join_pot write, made
-- by a statement a table. Every constraint and trigger is in force, hashes are the functions' own,
-- and tests/integration/test_bench_bulk.py compares all tables with what the calls leave. Not
-- written: messages of Realtime, which nobody keeps.

-- Player number k, from 0. Five of a thousand are one person on one device, two of ten are a
-- household at one address; everybody else has a device and an address alone.
create function pg_temp.player_id(p_k bigint)
returns uuid
language sql
immutable strict parallel safe
as $$
    select md5('player ' || p_k)::uuid
$$;

create function pg_temp.player_address(p_k bigint)
returns text
language sql
immutable strict parallel safe
as $$
    select host(inet '10.0.0.0' + case when p_k % 10 = 9 then p_k - 1 else p_k end)
$$;

create function pg_temp.player_device(p_k bigint)
returns text
language sql
immutable strict parallel safe
as $$
    select case when p_k % 1000 < 5 then 'ring ' || p_k / 1000 else 'device ' || p_k end
$$;

-- Players p_first to p_last, who exist in auth.users: each is granted p_credits.
create function pg_temp.grant_all(p_first bigint, p_last bigint, p_credits bigint)
returns void
language plpgsql
as $$
declare
    v_actor uuid := private.actor_pseudonym();
begin
    insert into private.actors (actor_id, subject, created_at)
    select gen_random_uuid(), pg_temp.player_id(k)::text, clock_timestamp()
    from generate_series(p_first, p_last) as g (k)
    order by k;
    insert into private.accounts (kind, user_id, created_at)
    select 'wallet', pg_temp.player_id(k), clock_timestamp()
    from generate_series(p_first, p_last) as g (k)
    order by k;
    insert into private.wallets (user_id, account_id, tally_from)
    select a.user_id, a.id, '-infinity'
    from generate_series(p_first, p_last) as g (k)
    inner join private.accounts as a on pg_temp.player_id(k) = a.user_id;

    with granted as (
        insert into private.transfers (kind, amount, reason, actor_id, created_at)
        select 'grant', p_credits, 'a benchmark', v_actor, clock_timestamp()
        from generate_series(p_first, p_last)
        returning id
    ),
    numbered as materialized (
        select t.id, p_first - 1 + row_number() over (order by t.id) as k from granted as t
    ),
    entries as (
        insert into private.ledger_entries (
            transfer_id, account_id, amount, balance_after, version
        )
        select n.id, side.account_id, side.amount, side.balance, side.version
        from numbered as n
        inner join private.accounts as a on pg_temp.player_id(n.k) = a.user_id
        cross join lateral (
            select i.id, -p_credits, null::bigint, null::bigint
            from private.accounts as i
            where i.kind = 'issuance'
            union all
            select a.id, p_credits, p_credits, 1
        ) as side (account_id, amount, balance, version)
    )
    insert into private.events (kind, actor_id, correlation_id, data, created_at)
    select
        'credits_granted', v_actor, gen_random_uuid()::text,
        jsonb_build_object('transfer_id', n.id, 'player', s.actor_id, 'amount', p_credits),
        clock_timestamp()
    from numbered as n
    inner join private.actors as s on pg_temp.player_id(n.k)::text = s.subject
    order by n.k;
    update private.wallets as w
    set balance = p_credits, version = 1
    from generate_series(p_first, p_last) as g (k)
    where w.user_id = pg_temp.player_id(g.k);
end
$$;

-- How many tickets join number n buys: 1, 2 or 3.
create function pg_temp.tickets_of(p_n bigint)
returns integer
language sql
immutable strict parallel safe
as $$
    select (1 + p_n % 3)::integer
$$;

-- Joins 0 to p_joins - 1 of an open pot that nobody is in and that they fill, by p_players players
-- in turn.
create function pg_temp.join_all(p_pot_id uuid, p_joins bigint, p_players bigint)
returns void
language plpgsql
as $$
declare
    v_pot public.pots;
    v_state private.pot_states;
    v_stripes bigint;
    v_pepper bytea;
begin
    select * into strict v_pot from public.pots as p where p.id = p_pot_id;
    select * into strict v_state from private.pot_states as s where s.pot_id = p_pot_id;
    select count(*) into v_stripes from private.pot_stripes as s where s.pot_id = p_pot_id;
    v_pepper := private.pepper_secret(v_state.pepper_id);

    create temporary table bench_joins on commit drop as
    select
        n, gen_random_uuid() as id, p.*, pg_temp.tickets_of(n) as tickets,
        pg_temp.tickets_of(n) * v_pot.entry_cost as cost,
        extensions.gen_random_bytes(32) as salt, null::text as tag,
        (n % v_stripes)::smallint as stripe, n < p_players as is_first,
        sum(pg_temp.tickets_of(n)) over (order by n) as sold,
        -- Of the player's credits and entries, up to this one.
        sum(pg_temp.tickets_of(n)) over (partition by p.k order by n) as own_tickets,
        row_number() over (partition by p.k order by n) as own_joins,
        clock_timestamp() as at
    from (
        select
            k, pg_temp.player_id(k) as user_id, a.actor_id, w.account_id, w.balance, w.version,
            private.fingerprint(
                'ip', private.normal_address(pg_temp.player_address(k)), v_pepper
            ) as ip_hash,
            private.fingerprint(
                'device', private.normal_device(pg_temp.player_device(k)), v_pepper
            ) as device_hash
        from generate_series(0, p_players - 1) as g (k)
        inner join private.actors as a on pg_temp.player_id(k)::text = a.subject
        inner join private.wallets as w on pg_temp.player_id(k) = w.user_id
    ) as p
    inner join generate_series(0, p_joins - 1) as j (n) on j.n % p_players = p.k;
    analyze bench_joins;

    insert into public.pot_entries (
        id, pot_id, user_id, ticket_count, credits_spent, salt, entrant_tag,
        ip_hash, device_hash, region, correlation_id, stripe, created_at
    )
    select
        j.id, p_pot_id, j.user_id, j.tickets, j.cost, encode(j.salt, 'hex'),
        encode(private.entrant_tag(j.salt, p_pot_id, j.user_id), 'hex'),
        j.ip_hash, j.device_hash, 'DE', gen_random_uuid()::text, j.stripe, j.at
    from bench_joins as j
    order by j.n;

    with moved as (
        insert into private.transfers (kind, pot_id, entry_id, amount, created_at)
        select 'join', p_pot_id, j.id, j.cost, j.at
        from bench_joins as j
        order by j.n
        returning id, entry_id
    )
    insert into private.ledger_entries (transfer_id, account_id, amount, balance_after, version)
    select m.id, side.account_id, side.amount, side.balance, side.version
    from moved as m
    inner join bench_joins as j on m.entry_id = j.id
    cross join lateral (
        values
        (
            j.account_id, -j.cost, j.balance - j.own_tickets * v_pot.entry_cost,
            j.version + j.own_joins
        ),
        (v_state.escrow_account, j.cost, null, null)
    ) as side (account_id, amount, balance, version);
    update private.wallets as w
    set
        balance = w.balance - s.spent, version = w.version + s.joins,
        tally_joins = w.tally_joins + s.joins, tally_credits = w.tally_credits + s.spent
    from (
        select j.account_id, sum(j.cost) as spent, count(*) as joins
        from bench_joins as j
        group by j.account_id
    ) as s
    where w.account_id = s.account_id;

    -- What a full pot has of quotas is sold, however joins moved them.
    update private.pot_stripes as c
    set
        quota = s.sold, sold = s.sold, participants = s.participants,
        version = c.version + s.joins
    from (
        select
            j.stripe, sum(j.tickets) as sold, count(*) filter (where j.is_first) as participants,
            count(*) as joins
        from bench_joins as j
        group by j.stripe
    ) as s
    where c.pot_id = p_pot_id and c.stripe = s.stripe;

    insert into private.events (
        event_id, kind, pot_id, actor_id, correlation_id, data, created_at
    )
    select
        j.id, 'pot_joined', p_pot_id, j.actor_id, e.correlation_id,
        jsonb_build_object(
            'tickets_sold', j.sold,
            'participant_count', least(j.n + 1, p_players),
            'first_entry', j.is_first
        ),
        j.at
    from bench_joins as j
    inner join public.pot_entries as e on j.id = e.id
    order by j.n;
    drop table bench_joins;
end
$$;


-- Pot number n, from 0: a pot of one ticket, open for a day.
create function pg_temp.pot_id(p_n bigint)
returns uuid
language sql
immutable strict parallel safe
as $$
    select md5('pot ' || p_n)::uuid
$$;

-- Opens pots p_first to p_last, each on a commitment of its own, as add_commitments and create_pot
-- leave them when the orchestrator calls.
create function pg_temp.open_all(p_first bigint, p_last bigint)
returns void
language plpgsql
as $$
declare
    v_actor uuid := private.actor_pseudonym();
    v_rules text := '{"draw_version":1,"entry_cost":1,"max_per_user":1,"max_tickets":1,'
        || '"min_participants":1}';
    v_rules_hash text := encode(private.rules_hash('pots', v_rules), 'hex');
    v_pepper bigint := (select p.id from private.peppers as p where p.retired_at is null);
begin
    create temporary table bench_pots on commit drop as
    select
        p.*, private.json_time(p.at) as created_at,
        private.json_time(p.at + interval '1 day') as locks_at,
        encode(private.commit_tag('pots', p.id, p.commit_hash), 'hex') as commit_tag
    from (
        select
            n, pg_temp.pot_id(n) as id, extensions.gen_random_bytes(32) as commit_hash,
            clock_timestamp() as at
        from generate_series(p_first, p_last) as g (n)
    ) as p;
    alter table bench_pots add metadata jsonb, add payload text, add row_hash text;
    -- In the order of RFC 8785, as private.canonical_json would write it.
    update bench_pots as b
    set payload = format(
        '{"action":"created","actor":"%s","metadata":{"commit_hash":null,"commit_tag":"%s",'
        '"created_at":"%s","credits_committed":0,"draw_version":1,"entry_cost":1,"fill_percent":0,'
        '"id":"%s","locked_at":null,"locks_at":"%s","max_per_user":1,"max_tickets":1,'
        '"participant_count":0,"paused":false,"pot_id":"%s","settled_at":null,"status":"open",'
        '"tickets_sold":0,"version":1},"nonce":"%s","reason":null}',
        v_actor, b.commit_tag, b.created_at, b.id, b.locks_at, b.id,
        encode(extensions.gen_random_bytes(16), 'hex')
    )
    where b.payload is null;
    update bench_pots as b
    set
        metadata = b.payload::jsonb -> 'metadata',
        row_hash = encode(
            private.audit_row_hash(
                'pots', b.id, 1, decode(repeat('0', 64), 'hex'), b.at, b.payload
            ),
            'hex'
        )
    where b.row_hash is null;
    analyze bench_pots;

    insert into private.commitments (pot_id, commit_hash, created_at, used_at)
    select b.id, encode(b.commit_hash, 'hex'), b.at, b.at from bench_pots as b order by b.n;
    insert into public.pots (
        id, entry_cost, max_tickets, max_per_user, draw_version, commit_tag,
        rules_text, rules_hash, created_at, locks_at
    )
    select
        b.id, 1, 1, 1, 1, b.commit_tag, v_rules, v_rules_hash, b.at, b.at + interval '1 day'
    from bench_pots as b
    order by b.n;
    insert into private.accounts (kind, pot_id, created_at)
    select 'escrow', b.id, b.at from bench_pots as b order by b.n;
    insert into private.pot_states (
        pot_id, escrow_account, min_participants, fill_seconds, pepper_id,
        version, chain_seq, chain_hash
    )
    select b.id, a.id, 1, 86400, v_pepper, 2, 1, b.row_hash
    from bench_pots as b
    inner join private.accounts as a on b.id = a.pot_id
    order by b.n;
    insert into private.pot_stripes (pot_id, stripe, quota)
    select b.id, 0, 1 from bench_pots as b order by b.n;
    insert into private.lobby_pulses (pot_id, sent_at, sent_version)
    select b.id, b.at, 2 from bench_pots as b order by b.n;
    insert into public.pots_audit (
        pot_id, seq, action, actor_id, reason, metadata, created_at,
        payload, payload_hash, prev_hash, row_hash
    )
    select
        b.id, 1, 'created', v_actor, null, b.metadata, b.at, b.payload,
        encode(sha256(convert_to(b.payload, 'UTF8')), 'hex'), repeat('0', 64), b.row_hash
    from bench_pots as b
    order by b.n;
    insert into private.events (kind, pot_id, actor_id, correlation_id, data, created_at)
    select
        'pot_created', b.id, v_actor, gen_random_uuid()::text,
        jsonb_build_object(
            'template_id', null, 'draw_version', 1, 'entry_cost', 1, 'max_tickets', 1,
            'max_per_user', 1, 'min_participants', 1, 'fill_seconds', 86400,
            'commit_tag', b.commit_tag, 'rules_hash', v_rules_hash, 'locks_at', b.locks_at,
            'seq', 1, 'row_hash', b.row_hash
        ),
        b.at
    from bench_pots as b
    order by b.n;
    drop table bench_pots;
end
$$;
