-- What joins are measured against, in a schema of the benchmark's own. Players and pots have the
-- same ids as those of the game, so the same requests fit.
-- An empty durable commit: what the disk gives.
create table bench.commits (id bigint generated always as identity);

-- How a join is written at first: the pot's row is locked, looked at, and counted up, and with it
-- everything that a join leaves: wallet, entry, both sides of the ledger, audit row, two messages.
create table bench.pots (
    id uuid primary key,
    entry_cost bigint not null,
    max_tickets integer not null,
    max_per_user integer not null,
    tickets_sold integer not null default 0 check (tickets_sold <= max_tickets),
    locks_at timestamptz not null
);

create table bench.wallets (
    user_id uuid primary key,
    balance bigint not null check (balance >= 0)
);

create table bench.entries (
    id uuid primary key default gen_random_uuid(),
    pot_id uuid not null references bench.pots,
    user_id uuid not null references bench.wallets,
    first_ticket integer not null,
    ticket_count integer not null,
    created_at timestamptz not null default clock_timestamp()
);

create index entries_of_a_player on bench.entries (pot_id, user_id);

create table bench.ledger (
    id bigint generated always as identity primary key,
    entry_id uuid not null,
    account uuid not null,
    amount bigint not null,
    created_at timestamptz not null default clock_timestamp()
);

create index ledger_of_an_account on bench.ledger (account, id);

create table bench.audit (
    id bigint generated always as identity primary key,
    pot_id uuid not null,
    actor uuid not null,
    action text not null,
    data jsonb not null,
    created_at timestamptz not null default clock_timestamp()
);

create index audit_of_a_pot on bench.audit (pot_id, id);

create function bench.naive_join(p_pot_id uuid, p_ticket_count integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_user uuid := auth.uid();
    v_pot bench.pots;
    v_balance bigint;
    v_held bigint;
    v_entry uuid;
    v_cost bigint;
    v_data jsonb;
begin
    select * into strict v_pot from bench.pots as p where p.id = p_pot_id for update;
    if clock_timestamp() >= v_pot.locks_at
        or v_pot.tickets_sold + p_ticket_count > v_pot.max_tickets
    then
        raise 'not open, or full';
    end if;
    select coalesce(sum(e.ticket_count), 0) into v_held
    from bench.entries as e
    where e.pot_id = p_pot_id and e.user_id = v_user;
    if v_held + p_ticket_count > v_pot.max_per_user then
        raise 'too many tickets';
    end if;
    v_cost := v_pot.entry_cost * p_ticket_count;
    update bench.wallets as w set balance = w.balance - v_cost
    where w.user_id = v_user
    returning w.balance into strict v_balance;
    insert into bench.entries (pot_id, user_id, first_ticket, ticket_count)
    values (p_pot_id, v_user, v_pot.tickets_sold, p_ticket_count)
    returning id into v_entry;
    insert into bench.ledger (entry_id, account, amount)
    values (v_entry, v_user, -v_cost), (v_entry, p_pot_id, v_cost);
    update bench.pots as p set tickets_sold = p.tickets_sold + p_ticket_count
    where p.id = p_pot_id
    returning * into strict v_pot;
    v_data := jsonb_build_object(
        'entry_id', v_entry, 'ticket_count', p_ticket_count, 'credits_spent', v_cost,
        'tickets_sold', v_pot.tickets_sold
    );
    insert into bench.audit (pot_id, actor, action, data)
    values (p_pot_id, v_user, 'joined', v_data);
    insert into realtime.messages (topic, extension, event, private, payload)
    values
    ('naive:' || p_pot_id, 'broadcast', 'joined', true, v_data),
    ('naive wallet:' || v_user, 'broadcast', 'balance', true, jsonb_build_object(
        'balance', v_balance
    ));
    return v_data || jsonb_build_object('pot_id', p_pot_id, 'balance', v_balance);
end $$;

grant usage on schema bench to authenticated;

-- What a server writes of each player in a batch; {pot} and {batch} are put in when it does.
create table bench.asked (
    number integer primary key,
    item text not null,
    key text not null
);
grant usage on schema bench to service_role;
grant select on bench.asked to service_role;

-- A transfer as pgledger makes one: both accounts locked in order of their ids, running balances,
-- one row for the transfer and one for each side with the balance before and after.
create table bench.accounts (
    id bigint primary key,
    balance numeric not null default 0,
    version bigint not null default 0,
    allow_negative boolean not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (allow_negative or balance >= 0)
);

create table bench.transfers (
    id bigint generated always as identity primary key,
    from_account bigint not null references bench.accounts,
    to_account bigint not null references bench.accounts,
    amount numeric not null check (amount > 0),
    created_at timestamptz not null default now(),
    check (from_account <> to_account)
);

create index transfers_from on bench.transfers (from_account);

create index transfers_to on bench.transfers (to_account);

create table bench.sides (
    id bigint generated always as identity primary key,
    account bigint not null references bench.accounts,
    transfer bigint not null references bench.transfers,
    amount numeric not null,
    balance_before numeric not null,
    balance_after numeric not null,
    version bigint not null,
    created_at timestamptz not null default now()
);

create index sides_of_an_account on bench.sides (account, version);

create index sides_of_a_transfer on bench.sides (transfer);

create function bench.create_transfer(p_from bigint, p_to bigint, p_amount numeric)
returns bench.transfers
language plpgsql
set search_path = ''
as $$
declare
    v_transfer bench.transfers;
    v_account bench.accounts;
    v_change record;
begin
    perform from bench.accounts as a where a.id in (p_from, p_to) order by a.id for update;
    insert into bench.transfers (from_account, to_account, amount)
    values (p_from, p_to, p_amount)
    returning * into strict v_transfer;
    for v_change in
        select c.account, c.amount
        from (values (p_from, -p_amount), (p_to, p_amount)) as c (account, amount)
    loop
        update bench.accounts as a
        set balance = a.balance + v_change.amount, version = a.version + 1, updated_at = now()
        where a.id = v_change.account
        returning * into strict v_account;
        insert into bench.sides (
            account, transfer, amount, balance_before, balance_after, version
        )
        values (
            v_change.account, v_transfer.id, v_change.amount,
            v_account.balance - v_change.amount, v_account.balance, v_account.version
        );
    end loop;
    return v_transfer;
end $$;

grant usage on schema bench to postgres;
grant select, insert, update on all tables in schema bench to postgres;
