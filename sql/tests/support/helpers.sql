-- What the tests of this directory tell their stories with: schema `tests`, made inside the
-- transaction that the test rolls back. A test begins with
--
--     begin;
--     \ir ../support/helpers.sql
--     select plan(n);
--
-- and then speaks of people and pots by name. A caller is `anon`, `service_role`, one of the
-- `pot_*` roles (`pot_compliance:carol` for one with a person behind it) or the name of a player.
-- Every call goes through rpc(), which makes it as PostgREST would: as that role, with those
-- claims, and with arguments by name. What a test looks at, it looks at as the superuser.

set local client_min_messages = warning;
create schema tests;
set local search_path = tests, public, extensions;

-- --------------------------------------------------------------------------------------- the clock

create function tests.freeze_time(p_at timestamptz)
returns void
language plpgsql
as $$
begin
    -- Replacing keeps the function's owner and privileges.
    execute format(
        'create or replace function private.now() returns timestamptz language sql volatile '
        'set search_path = '''' as $f$ select %L::timestamptz $f$',
        p_at
    );
end $$;
comment on function tests.freeze_time(timestamptz) is
'Stops the clock of every decision, private.now(), at p_at.';

create function tests.pass_time(p_interval interval)
returns void
language sql
as $$
    select tests.freeze_time(private.now() + p_interval)
$$;
comment on function tests.pass_time(interval) is 'Stops the clock p_interval later than it shows.';

-- ------------------------------------------------------------------------------------ people, pots

create function tests.user_id(p_name text)
returns uuid
language sql
immutable
as $$
    select md5('person ' || p_name)::uuid
$$;
comment on function tests.user_id(text) is 'The user id of the person called p_name.';

create function tests.pot_id(p_name text)
returns uuid
language sql
immutable
as $$
    select md5('pot ' || p_name)::uuid
$$;
comment on function tests.pot_id(text) is 'The id of the pot called p_name.';

create function tests.seed(p_name text)
returns text
language sql
immutable
as $$
    select encode(sha256(convert_to('seed ' || p_name, 'UTF8')), 'hex')
$$;
comment on function tests.seed(text) is 'The reveal_seed of the pot called p_name, hex.';

create function tests.commit_hash(p_name text)
returns text
language sql
immutable
as $$
    select encode(sha256(decode(tests.seed(p_name), 'hex')), 'hex')
$$;
comment on function tests.commit_hash(text) is 'SHA-256 of the seed of the pot called p_name, hex.';

create function tests.on_pot(p_name text, p_more jsonb default '{}')
returns jsonb
language sql
immutable
as $$
    select jsonb_build_object('pot_id', tests.pot_id(p_name)) || p_more
$$;
comment on function tests.on_pot(text, jsonb) is
'Arguments of a call about the pot called p_name: its pot_id and p_more.';

-- ------------------------------------------------------------------------------------------- calls

create function tests.run_as(p_caller text, p_query text, p_claims jsonb default '{}')
returns jsonb
language plpgsql
as $$
declare
    v_name text := split_part(p_caller, ':', 1);
    v_person text := nullif(split_part(p_caller, ':', 2), '');
    v_role text := v_name;
    v_result jsonb;
begin
    if v_name !~ '^(anon|authenticated|service_role|pot_.*)$' then
        v_role := 'authenticated';
        v_person := v_name;
    end if;
    perform set_config('request.jwt.claims', (
        jsonb_strip_nulls(
            jsonb_build_object('role', v_role, 'sub', tests.user_id(v_person))
        ) || p_claims
    )::text, true);
    perform set_config('response.status', '', true);
    perform set_config('role', v_role, true);
    execute p_query into v_result;
    perform set_config('role', 'none', true);
    return v_result;
end $$;
comment on function tests.run_as(text, text, jsonb) is
'Runs p_query, which gives one jsonb, in a request of p_caller. p_claims are added to the claims, '
'or replace them.';

create function tests.rpc(
    p_caller text, p_function text, p_arguments jsonb default '{}', p_claims jsonb default '{}'
)
returns jsonb
language plpgsql
as $$
declare
    v_function record;
    v_arguments text;
begin
    select p.proretset as is_set, p.proargnames as names, p.proargtypes::oid[] as types
    into strict v_function
    from pg_proc as p
    where p.pronamespace = 'public'::regnamespace and p.proname = p_function;
    select string_agg(
        format(
            '%I => %L::%s', a.key,
            case when t.name = 'jsonb' then nullif(a.value, 'null')::text
                else a.value #>> '{}' end,
            t.name
        ),
        ', '
    ) into v_arguments
    from jsonb_each(p_arguments) as a
    cross join lateral format_type(
        v_function.types[array_position(v_function.names, a.key) - 1], null
    ) as t (name);
    return tests.run_as(
        p_caller,
        format(
            'select %s from public.%I(%s) as r',
            case when v_function.is_set then 'coalesce(jsonb_agg(to_jsonb(r)), ''[]'')'
                else 'to_jsonb(r)' end,
            p_function, v_arguments
        ),
        p_claims
    );
end $$;
comment on function tests.rpc(text, text, jsonb, jsonb) is
'Calls public.<p_function> as p_caller with p_arguments by name and returns its value as JSON, of '
'a list its array.';

create function tests.headers(p_headers jsonb)
returns void
language sql
as $$
    select set_config('request.headers', p_headers::text, true)
$$;
comment on function tests.headers(jsonb) is 'The headers of every request from now on.';

-- --------------------------------------------------------------------------------------- refusals

create function tests.rows_of_all_tables()
returns table (name text, digest text)
language plpgsql
as $$
declare
    v_table text;
begin
    for v_table in
        select c.oid::regclass::text
        from pg_class as c
        where c.relkind = 'r'
            and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        union all
        values ('realtime.messages'), ('auth.users')
        order by 1
    loop
        return query execute format(
            'select %L, md5(coalesce(string_agg(t::text, chr(10) order by t::text), '''')) '
            'from %s as t',
            v_table, v_table
        );
    end loop;
end $$;
comment on function tests.rows_of_all_tables() is
'A digest of the rows of each table of ours, of realtime.messages and of auth.users.';

create temporary table rows_before (name text primary key, digest text not null) on commit drop;

create function tests.look_at_tables()
returns void
language plpgsql
as $$
begin
    truncate rows_before;
    insert into rows_before select * from tests.rows_of_all_tables();
end $$;
comment on function tests.look_at_tables() is 'Remembers all rows, for changed_tables().';

create function tests.changed_tables()
returns text[]
language sql
as $$
    select coalesce(array_agg(n.name order by n.name), '{}')
    from tests.rows_of_all_tables() as n
    inner join rows_before as b on n.name = b.name
    where n.digest <> b.digest
$$;
comment on function tests.changed_tables() is
'The tables whose rows are not what they were at look_at_tables(), in order of name.';

create function tests.hint_of(p_token text, p_details jsonb)
returns text
language sql
as $$
    select coalesce(private.error_hint(p_token, p_details), c.hint)
    from private.error_catalogue() as c
    where c.token = p_token
$$;
comment on function tests.hint_of(text, jsonb) is
'The HINT of an error with these details: of what they name, or the catalogue''s.';

create function tests.refused(
    p_caller text, p_function text, p_arguments jsonb,
    p_code text, p_message text, p_details jsonb, p_description text, p_claims jsonb default '{}'
)
returns setof text
language plpgsql
as $$
declare
    v_result jsonb;
    v_code text;
    v_message text;
    v_details text;
    v_hint text;
    v_got text;
    v_expected text;
begin
    perform tests.look_at_tables();
    begin
        v_result := tests.rpc(p_caller, p_function, p_arguments, p_claims);
        v_got := 'no error, but ' || coalesce(v_result::text, 'NULL');
    exception
        when others then
            get stacked diagnostics
                v_code = returned_sqlstate,
                v_message = message_text,
                v_details = pg_exception_detail,
                v_hint = pg_exception_hint;
            v_got := concat_ws(
                ' ', v_code, v_message,
                case when v_code like 'PT%' then v_details::jsonb::text else v_details end
            );
    end;
    v_expected := concat_ws(' ', p_code, p_message, p_details::text);
    return next is(v_got, v_expected, p_description);
    if p_code like 'PT%' then
        return next ok(
            v_hint = tests.hint_of(p_message, p_details)
            and tests.changed_tables() = '{}',
            p_description || ': with its hint, and nothing was written'
        );
    end if;
end $$;
comment on function tests.refused(text, text, jsonb, text, text, jsonb, text, jsonb) is
'Asserts that the call raises p_code with MESSAGE p_message and, exactly, DETAIL p_details (two '
'assertions for a documented error: the second is its HINT and that no row changed).';

create function tests.query_refused(
    p_caller text, p_query text, p_message text, p_description text
)
returns text
language plpgsql
as $$
declare
    v_code text;
    v_message text;
begin
    begin
        perform tests.run_as(p_caller, p_query);
    exception
        when others then
            get stacked diagnostics v_code = returned_sqlstate, v_message = message_text;
    end;
    return is(v_code || ' ' || v_message, '42501 ' || p_message, p_description);
end $$;
comment on function tests.query_refused(text, text, text, text) is
'Asserts that p_caller lacks the privilege for p_query: 42501 with p_message.';

create function tests.turned_away(
    p_caller text, p_function text, p_arguments jsonb,
    p_code text, p_message text, p_details jsonb, p_writes text[], p_description text
)
returns setof text
language plpgsql
as $$
declare
    v_result jsonb;
begin
    perform tests.look_at_tables();
    v_result := tests.rpc(p_caller, p_function, p_arguments);
    return next is(
        (v_result - 'details')
        || jsonb_build_object(
            'details', (v_result ->> 'details')::jsonb,
            'status', current_setting('response.status')
        ),
        jsonb_build_object(
            'code', p_code,
            'message', p_message,
            'details', p_details,
            'hint', tests.hint_of(p_message, p_details),
            'status', substr(p_code, 3)
        ),
        p_description
    );
    return next is(
        tests.changed_tables(), p_writes, p_description || ': only the record of it is written'
    );
end $$;
comment on function tests.turned_away(text, text, jsonb, text, text, jsonb, text[], text) is
'Asserts that the call returns the refusal as a body, asks for its HTTP status and writes to '
'p_writes only (two assertions).';

-- ---------------------------------------------------------------------------------------- signing

create function tests.ed25519_add(p numeric[], q numeric[])
returns numeric[]
language plpgsql
immutable
as $$
declare
    c_p constant numeric := 2::numeric ^ 255 - 19;
    -- 2 d, with d = -121665 / 121666 (RFC 8032, 5.1).
    c_2d constant numeric :=
        2 * 37095705934669439343138083508754565189542113879843219016388785533085940283555;
    a numeric := mod((p[2] - p[1]) * (q[2] - q[1]), c_p);
    b numeric := mod((p[2] + p[1]) * (q[2] + q[1]), c_p);
    c numeric := mod(p[4] * mod(c_2d * q[4], c_p), c_p);
    d numeric := mod(2 * p[3] * q[3], c_p);
begin
    return array[
        mod((b - a) * (d - c), c_p), mod((d + c) * (b + a), c_p),
        mod((d - c) * (d + c), c_p), mod((b - a) * (b + a), c_p)
    ];
end $$;
comment on function tests.ed25519_add(numeric[], numeric[]) is
'Sum of two points in extended coordinates {X, Y, Z, T} (RFC 8032, 5.1.4). For tests only.';

create function tests.ed25519_base_times(p_scalar numeric)
returns bytea
language plpgsql
immutable
as $$
declare
    c_p constant numeric := 2::numeric ^ 255 - 19;
    v_rest numeric := p_scalar;
    v_power numeric[];
    v_sum numeric[] := '{0,1,1,0}';
    v_inverse numeric := 1;
    v_base numeric;
    v_x numeric;
    v_y numeric;
begin
    v_x := 15112221349535400772501151409588531511454012693041857206046113283949847762202;
    v_y := 46316835694926478169428394003475163141307993866256225615783033603165251855960;
    v_power := array[v_x, v_y, 1, mod(v_x * v_y, c_p)];
    while v_rest > 0 loop
        if mod(v_rest, 2) = 1 then
            v_sum := tests.ed25519_add(v_sum, v_power);
        end if;
        v_power := tests.ed25519_add(v_power, v_power);
        v_rest := div(v_rest, 2);
    end loop;
    -- 1 / Z = Z ^ (p - 2).
    v_rest := c_p - 2;
    v_base := mod(v_sum[3] + c_p, c_p);
    while v_rest > 0 loop
        if mod(v_rest, 2) = 1 then
            v_inverse := mod(v_inverse * v_base, c_p);
        end if;
        v_base := mod(v_base * v_base, c_p);
        v_rest := div(v_rest, 2);
    end loop;
    v_x := mod(mod(v_sum[1] * v_inverse, c_p) + c_p, c_p);
    v_y := mod(mod(v_sum[2] * v_inverse, c_p) + c_p, c_p);
    return tests.little_endian(v_y + mod(v_x, 2) * 2::numeric ^ 255);
end $$;
comment on function tests.ed25519_base_times(numeric) is
'Encoding, 32 bytes, of p_scalar times the base point (RFC 8032, 5.1.2). Takes a time that '
'depends on the scalar, hence for tests only.';

create function tests.little_endian(p_number numeric)
returns bytea
language plpgsql
immutable
as $$
declare
    v_bytes bytea := '';
    v_rest numeric := p_number;
begin
    for v_i in 1..32 loop
        v_bytes := v_bytes || substr(int2send(mod(v_rest, 256)::int2), 2);
        v_rest := div(v_rest, 256);
    end loop;
    return v_bytes;
end $$;
comment on function tests.little_endian(numeric) is 'The number as 32 bytes, least first.';

create function tests.number(p_little_endian bytea)
returns numeric
language plpgsql
immutable
as $$
declare
    v_number numeric := 0;
begin
    for v_i in reverse octet_length(p_little_endian) - 1..0 loop
        v_number := v_number * 256 + get_byte(p_little_endian, v_i);
    end loop;
    return v_number;
end $$;
comment on function tests.number(bytea) is 'The number whose bytes, least first, these are.';

create function tests.ed25519_scalar(p_secret bytea)
returns numeric
language plpgsql
immutable
as $$
declare
    v_half bytea := substr(sha512(p_secret), 1, 32);
begin
    v_half := set_byte(v_half, 0, get_byte(v_half, 0) & 248);
    v_half := set_byte(v_half, 31, get_byte(v_half, 31) & 63 | 64);
    return tests.number(v_half);
end $$;
comment on function tests.ed25519_scalar(bytea) is
'The secret scalar of a 32-byte private key (RFC 8032, 5.1.5).';

create function tests.ed25519_sign(p_secret bytea, p_message bytea)
returns bytea
language plpgsql
immutable
as $$
declare
    c_l constant numeric := 2::numeric ^ 252 + 27742317777372353535851937790883648493;
    v_scalar numeric := tests.ed25519_scalar(p_secret);
    v_key bytea := tests.ed25519_base_times(v_scalar);
    v_nonce numeric := mod(
        tests.number(sha512(substr(sha512(p_secret), 33, 32) || p_message)), c_l
    );
    v_r bytea := tests.ed25519_base_times(v_nonce);
    v_k numeric := mod(tests.number(sha512(v_r || v_key || p_message)), c_l);
begin
    return v_r || tests.little_endian(mod(v_nonce + v_k * v_scalar, c_l));
end $$;
comment on function tests.ed25519_sign(bytea, bytea) is
'Ed25519 signature, 64 bytes, of p_message by a 32-byte private key (RFC 8032, 5.1.6). Takes a '
'time that depends on the key: for tests only.';

-- The private keys of RFC 8032, 7.1, TEST 1 to 3, 1024 and SHA(abc): known to everybody.
create function tests.secret_key(p_signer text)
returns bytea
language sql
immutable
as $$
    select decode(case p_signer
        when 'orchestrator' then '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'
        when 'settlement' then '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'
        when 'stranger' then 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7'
        when 'beacon' then 'f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5'
        when 'other beacon' then '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42'
    end, 'hex')
$$;
comment on function tests.secret_key(text) is
'The published private key that plays orchestrator, settlement, beacon, another beacon or '
'stranger.';

create function tests.public_key(p_signer text)
returns text
language sql
immutable
as $$
    select case p_signer
        when 'orchestrator' then 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
        when 'settlement' then '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'
        when 'stranger' then 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025'
        when 'beacon' then '278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e'
        when 'other beacon' then 'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf'
    end
$$;
comment on function tests.public_key(text) is 'The public key, hex, of secret_key(p_signer).';

create function tests.lock_signature(p_pot text, p_signer text default 'orchestrator')
returns text
language sql
as $$
    select encode(tests.ed25519_sign(
        tests.secret_key(p_signer),
        convert_to('pots/orchestrator/v1', 'UTF8') || '\x00' || decode(p.lock_digest, 'hex')
    ), 'hex')
    from public.pots as p
    where p.id = tests.pot_id(p_pot)
$$;
comment on function tests.lock_signature(text, text) is
'What the orchestrator signs of a locked pot (contract section 5), by p_signer''s key, hex.';

create function tests.reveal_signature(p_pot text, p_signer text default 'settlement')
returns text
language sql
as $$
    select encode(tests.ed25519_sign(
        tests.secret_key(p_signer),
        convert_to('pots/settlement/v1', 'UTF8') || '\x00'
        || decode(p.lock_digest, 'hex') || decode(tests.seed(p_pot), 'hex')
    ), 'hex')
    from public.pots as p
    where p.id = tests.pot_id(p_pot)
$$;
comment on function tests.reveal_signature(text, text) is
'What the signer signs of a reveal (contract section 5), by p_signer''s key, hex.';

-- A recorded round of quicknet. A pot that locks at lock_for_the_beacon() waits for just this one.
create function tests.beacon_signature()
returns text
language sql
immutable
as $$
    select 'b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be'
        '41076862b98fad56e91a6b85b89cd97b'
$$;
comment on function tests.beacon_signature() is 'The BLS signature of round 657413, hex.';

create function tests.lock_for_the_beacon()
returns void
language sql
as $$
    select tests.freeze_time('2023-09-15 10:59:33Z')
$$;
comment on function tests.lock_for_the_beacon() is
'Stops the clock 30 seconds before the recorded round 657413, which is given at 11:00:03 UTC.';

create function tests.attestation(
    p_pot text, p_signer text default 'beacon', p_beacon text default tests.beacon_signature()
)
returns text
language sql
as $$
    select encode(tests.ed25519_sign(
        tests.secret_key(p_signer),
        convert_to('pots/beacon/v1', 'UTF8') || '\x00'
        || decode(p.lock_digest, 'hex') || decode(p_beacon, 'hex')
    ), 'hex')
    from public.pots as p
    where p.id = tests.pot_id(p_pot)
$$;
comment on function tests.attestation(text, text, text) is
'What who verified a beacon signs of it (contract section 5), by p_signer''s key, hex.';

-- --------------------------------------------------------------------------------- story tellers

create function tests.make_user(p_name text, p_credits bigint default 0)
returns uuid
language plpgsql
as $$
begin
    insert into auth.users (id, email, aud, role)
    values (
        tests.user_id(p_name), p_name || '@example.com', 'authenticated', 'authenticated'
    );
    if p_credits > 0 then
        perform tests.fund(p_name, p_credits);
    end if;
    return tests.user_id(p_name);
end $$;
comment on function tests.make_user(text, bigint) is
'Signs a player up, with p_credits in the wallet. Returns the user id.';

create function tests.fund(p_name text, p_credits bigint)
returns jsonb
language sql
as $$
    select tests.rpc('pot_treasury', 'grant_credits', jsonb_build_object(
        'user_id', tests.user_id(p_name), 'amount', p_credits, 'reason', 'test',
        'idempotency_key', null
    ))
$$;
comment on function tests.fund(text, bigint) is 'Grants the player credits.';

create function tests.stock(variadic p_pots text[])
returns jsonb
language sql
as $$
    select tests.rpc('pot_settlement', 'add_commitments', jsonb_build_object('commitments', (
        select jsonb_agg(jsonb_build_object(
            'pot_id', tests.pot_id(n.name), 'commit_hash', tests.commit_hash(n.name)
        ))
        from unnest(p_pots) as n (name)
    )))
$$;
comment on function tests.stock(text[]) is 'Adds commitments for pots of these names to the stock.';

create function tests.open_pot(p_name text, p_terms jsonb default '{}')
returns jsonb
language plpgsql
as $$
begin
    perform tests.stock(p_name);
    return tests.rpc(
        'pot_orchestrator', 'create_pot',
        jsonb_build_object(
            'entry_cost', 10,
            'max_tickets', 10,
            'max_per_user', least(5, coalesce((p_terms ->> 'max_tickets')::integer, 10))
        ) || tests.on_pot(p_name, p_terms)
    );
end $$;
comment on function tests.open_pot(text, jsonb) is
'Opens a pot of 10 tickets at 10 credits, at most 5 a player, but for p_terms.';

create function tests.join_pot(
    p_player text, p_pot text, p_ticket_count integer default 1, p_key text default null
)
returns jsonb
language sql
as $$
    select tests.rpc(p_player, 'join_pot', tests.on_pot(p_pot, jsonb_build_object(
        'ticket_count', p_ticket_count, 'idempotency_key', p_key
    )))
$$;
comment on function tests.join_pot(text, text, integer, text) is 'The player buys tickets.';

create function tests.entry_id(p_player text, p_pot text)
returns uuid
language sql
as $$
    select e.id
    from public.pot_entries as e
    where e.user_id = tests.user_id(p_player) and e.pot_id = tests.pot_id(p_pot)
    order by e.seq desc
    limit 1
$$;
comment on function tests.entry_id(text, text) is 'The player''s newest entry in the pot.';

create function tests.cancel_entry(p_player text, p_pot text)
returns jsonb
language sql
as $$
    select tests.rpc(p_player, 'cancel_entry', jsonb_build_object(
        'entry_id', tests.entry_id(p_player, p_pot)
    ))
$$;
comment on function tests.cancel_entry(text, text) is 'The player takes the newest entry back.';

create function tests.fill(p_pot text)
returns void
language plpgsql
as $$
declare
    v_pot public.pots;
    v_left bigint;
    v_number integer := 0;
    v_name text;
begin
    select * into strict v_pot from public.pots as p where p.id = tests.pot_id(p_pot);
    loop
        v_left := v_pot.max_tickets - (private.pot_totals(v_pot.id)).tickets_sold;
        exit when v_left = 0;
        v_number := v_number + 1;
        v_name := format('%s %s', p_pot, v_number);
        perform tests.make_user(v_name, v_pot.entry_cost * v_pot.max_per_user);
        perform tests.join_pot(v_name, p_pot, least(v_left, v_pot.max_per_user)::integer);
    end loop;
end $$;
comment on function tests.fill(text) is
'New players, called "<pot> 1", "<pot> 2" and so on, buy what is left of the pot.';

create function tests.lock(p_pot text)
returns jsonb
language plpgsql
as $$
declare
    v_result jsonb := tests.rpc('pot_orchestrator', 'lock_pot', tests.on_pot(p_pot));
begin
    if v_result ? 'lock_digest' then
        perform private.scan_pot(tests.pot_id(p_pot), 'lock');
    end if;
    return v_result;
end $$;
comment on function tests.lock(text) is
'The orchestrator locks the pot, and detection looks at it, which is the next step of run_due.';

create function tests.register_keys()
returns void
language sql
as $$
    select tests.rpc('service_role', 'register_signing_key', jsonb_build_object(
        'purpose', s.signer, 'public_key', tests.public_key(s.signer)
    ))
    from unnest('{orchestrator,settlement,beacon}'::text[]) as s (signer)
$$;
comment on function tests.register_keys() is
'Registers the keys of orchestrator, settlement and beacon.';

create function tests.attest(p_pot text)
returns jsonb
language sql
as $$
    select tests.rpc('pot_orchestrator', 'attest_lock', tests.on_pot(p_pot, jsonb_build_object(
        'orchestrator_signature', tests.lock_signature(p_pot)
    )))
$$;
comment on function tests.attest(text) is 'The orchestrator signs the lock.';

create function tests.claim(p_pot text)
returns jsonb
language sql
as $$
    select tests.rpc('pot_settlement', 'claim_settlement', tests.on_pot(p_pot))
$$;
comment on function tests.claim(text) is 'The signer claims the pot.';

create function tests.reveal_of(p_pot text)
returns jsonb
language sql
as $$
    select tests.on_pot(p_pot, jsonb_build_object(
        'reveal_seed', tests.seed(p_pot), 'settlement_signature', tests.reveal_signature(p_pot)
    ))
$$;
comment on function tests.reveal_of(text) is 'The arguments of the pot''s valid reveal.';

create function tests.reveal(p_pot text)
returns jsonb
language sql
as $$
    select tests.rpc('pot_settlement', 'reveal_pot', tests.reveal_of(p_pot))
$$;
comment on function tests.reveal(text) is 'The signer reveals the pot''s seed.';

create function tests.beacon_for(p_pot text, p_more jsonb default '{}')
returns jsonb
language sql
as $$
    select tests.on_pot(p_pot, jsonb_build_object(
        'beacon_signature', tests.beacon_signature(), 'attestation', tests.attestation(p_pot)
    ) || p_more)
$$;
comment on function tests.beacon_for(text, jsonb) is
'The arguments of the pot''s valid beacon, but for p_more.';

create function tests.submit_beacon(p_pot text)
returns jsonb
language sql
as $$
    select tests.rpc('pot_beacon', 'submit_beacon', tests.beacon_for(p_pot))
$$;
comment on function tests.submit_beacon(text) is 'An outside party submits the pot''s beacon.';

create function tests.bring_to(p_pot text, p_status text)
returns void
language plpgsql
as $$
begin
    perform tests.fill(p_pot);
    perform tests.lock(p_pot);
    if p_status <> 'locked' then
        if not exists (select from private.signing_keys) then
            perform tests.register_keys();
        end if;
        perform tests.attest(p_pot);
    end if;
    if p_status in ('settling', 'revealed', 'settled') then
        perform tests.claim(p_pot);
    end if;
    if p_status in ('revealed', 'settled') then
        perform tests.reveal(p_pot);
    end if;
    if p_status = 'settled' and (tests.pot(p_pot)).draw_version = 2 then
        perform tests.freeze_time(s.beacon_at)
        from private.pot_states as s
        where s.pot_id = tests.pot_id(p_pot);
        perform tests.submit_beacon(p_pot);
    end if;
end $$;
comment on function tests.bring_to(text, text) is
'Takes an open pot all the way to p_status: locked, attested, settling, revealed (with draw 2) or '
'settled.';

create function tests.set_rail(
    p_scope text, p_scope_id text, p_rule text, p_value jsonb,
    p_caller text default 'pot_compliance:carol'
)
returns jsonb
language sql
as $$
    select tests.rpc(p_caller, 'set_guard_rail', jsonb_build_object(
        'scope', p_scope, 'scope_id', p_scope_id, 'rule', p_rule, 'value', p_value,
        'reason', 'a test'
    ))
$$;
comment on function tests.set_rail(text, text, text, jsonb, text) is
'Compliance sets a guard rail, or with NULL takes it away.';

create function tests.winner(p_pot text)
returns uuid
language sql
as $$
    select e.user_id
    from public.pots as p
    inner join public.pot_entries as e on p.id = e.pot_id
    where p.id = tests.pot_id(p_pot)
        and e.first_ticket <= private.draw_index(
            private.draw_hmac(
                decode(tests.seed(p_pot), 'hex'), decode(p.commit_hash, 'hex')
            ),
            p.total_tickets
        )
    order by e.first_ticket desc
    limit 1
$$;
comment on function tests.winner(text) is
'Whom draw 1 chooses of the locked pot, which whoever knows the seed can tell.';

create function tests.flag(
    p_user_id uuid, p_pot text, p_effect text default 'hold', p_kind text default 'shared_device'
)
returns uuid
language sql
as $$
    insert into private.flags (
        pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
    )
    values (
        tests.pot_id(p_pot), p_user_id, p_kind, 0.9, '{}', 'lock', p_effect,
        private.now(), private.now()
    )
    returning flag_id
$$;
comment on function tests.flag(uuid, text, text, text) is
'Detection finds something about the player in the pot. Returns the flag''s id.';

create function tests.set_policy(p_arguments jsonb)
returns jsonb
language plpgsql
as $$
begin
    perform tests.rpc('pot_compliance:dave', 'set_flag_policy', p_arguments);
    return tests.rpc('pot_compliance:carol', 'set_flag_policy', p_arguments);
end $$;
comment on function tests.set_policy(jsonb) is
'Sets a policy of flags as dave proposes and carol confirms it.';

create function tests.review(p_person text, p_flag_id uuid, p_decision text)
returns jsonb
language sql
as $$
    select tests.rpc('pot_compliance:' || p_person, 'review_flag', jsonb_build_object(
        'flag_id', p_flag_id, 'decision', p_decision, 'reason', 'I looked'
    ))
$$;
comment on function tests.review(text, uuid, text) is 'A person of compliance judges the flag.';

-- ---------------------------------------------------------------------------------------- looking

create function tests.pot(p_name text)
returns public.pots
language sql
as $$
    select p from public.pots as p where p.id = tests.pot_id(p_name)
$$;
comment on function tests.pot(text) is 'The row of the pot called p_name.';

create function tests.balance(p_name text)
returns bigint
language sql
as $$
    select w.balance from private.wallets as w where w.user_id = tests.user_id(p_name)
$$;
comment on function tests.balance(text) is 'What is in the player''s wallet; NULL without one.';

create function tests.sold(p_pot text)
returns text
language sql
as $$
    select format('%s tickets to %s', t.tickets_sold, t.participants)
    from private.pot_totals(tests.pot_id(p_pot)) as t
$$;
comment on function tests.sold(text) is 'Tickets sold and participants: ''4 tickets to 2''.';

create function tests.escrow(p_pot text)
returns bigint
language sql
as $$
    select private.account_balance(a.id)
    from private.accounts as a
    where a.pot_id = tests.pot_id(p_pot) and a.kind = 'escrow'
$$;
comment on function tests.escrow(text) is 'What the pot''s escrow holds.';

create function tests.held(p_pot text)
returns bigint
language sql
as $$
    select private.account_balance(a.id)
    from private.accounts as a
    where a.pot_id = tests.pot_id(p_pot) and a.kind = 'hold'
$$;
comment on function tests.held(text) is
'What the pot''s hold account holds; NULL when its payout was never held.';

create function tests.chain(p_pot text)
returns text[]
language sql
as $$
    select array_agg(a.action order by a.seq)
    from public.pots_audit as a
    where a.pot_id = tests.pot_id(p_pot)
$$;
comment on function tests.chain(text) is 'The actions of the pot''s audit chain, in order.';

create function tests.open_alerts()
returns text[]
language sql
as $$
    select coalesce(array_agg(a.kind order by a.kind), '{}')
    from private.alerts as a
    where a.closed_at is null
$$;
comment on function tests.open_alerts() is 'The kinds of all open alerts.';

create function tests.messages(p_topic text)
returns table (event text, payload jsonb)
language sql
as $$
    -- The command of this transaction that inserted a row tells its place.
    select m.event, m.payload
    from realtime.messages as m
    where m.topic = p_topic and m.private and m.extension = 'broadcast'
    order by m.cmin::text::bigint
$$;
comment on function tests.messages(text) is 'What was sent to the topic, in order of sending.';

create function tests.forget_messages()
returns void
language sql
as $$
    delete from realtime.messages where true
$$;
comment on function tests.forget_messages() is 'Empties realtime.messages.';
