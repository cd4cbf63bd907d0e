-- Schema realtime: the table of messages, and the functions that write it.
--
-- Hosted Realtime reads realtime.messages by logical replication. Here a trigger tells those who
-- called realtime.listen() the id of each new row, on channel `realtime_messages`, and they read
-- the row themselves: a notification holds no more than 8000 bytes. Neither guarantees delivery.
-- Source: supabase/realtime, its tenant migrations.

create schema realtime authorization supabase_admin;
grant usage on schema realtime to postgres with grant option;
grant usage on schema realtime to anon, authenticated, service_role;
grant all on schema realtime to supabase_realtime_admin with grant option;

create table realtime.messages (
    topic text not null,
    extension text not null,
    payload jsonb,
    event text,
    private boolean default false,
    updated_at timestamp without time zone not null default now(),
    inserted_at timestamp without time zone not null default now(),
    id uuid not null default gen_random_uuid(),
    binary_payload bytea,
    primary key (id, inserted_at)
) partition by range (inserted_at);

comment on table realtime.messages is
'Broadcasts to come and lately sent, and what policies on them allow; hosted keeps three days.';

create index messages_inserted_at_topic_index on realtime.messages (inserted_at desc, topic)
where extension = 'broadcast' and private is true;

-- Hosted makes a partition a day. One for everything is enough for a development server.
create table realtime.messages_default partition of realtime.messages default;

alter table realtime.messages owner to supabase_realtime_admin;
alter table realtime.messages_default owner to supabase_realtime_admin;
alter table realtime.messages enable row level security;
-- The parent's policies do not reach a partition that is asked directly: no one may ask it.
alter table realtime.messages_default enable row level security;

grant all on realtime.messages to postgres, dashboard_user;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;

create function realtime.topic()
returns text
language sql
stable
as $$
    select nullif(current_setting('realtime.topic', true), '')::text
$$;

comment on function realtime.topic() is
'The topic under authorisation, without the prefix `realtime:`, or NULL.';

create function realtime.send(
    payload jsonb,
    event text,
    topic text,
    private boolean default true
)
returns void
language plpgsql
as $$
declare
    v_id uuid := gen_random_uuid();
begin
    perform set_config('realtime.topic', topic, true);

    insert into realtime.messages (id, topic, extension, event, payload, private)
    values (
        v_id,
        topic,
        'broadcast',
        event,
        case when payload ? 'id' then payload else payload || jsonb_build_object('id', v_id) end,
        private
    );
exception
    -- As on Supabase, whoever sends is not stopped by a message that could not be written.
    when others then
        raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
end $$;

comment on function realtime.send(jsonb, text, text, boolean) is
'Broadcasts `event` with `payload` on `topic` once this transaction commits; adds `payload.id`.
Runs with the rights of its caller. Any error becomes a WARNING.';

create function realtime.broadcast_changes(
    topic_name text,
    event_name text,
    operation text,
    table_name text,
    table_schema text,
    new record,
    old record,
    level text default 'ROW'
)
returns void
language plpgsql
as $$
begin
    if level = 'STATEMENT' then
        raise exception 'function can only be triggered for each row, not for each statement';
    end if;
    if operation not in ('INSERT', 'UPDATE', 'DELETE') then
        raise exception 'Unexpected operation type: %', operation;
    end if;

    perform realtime.send(
        jsonb_build_object(
            'old_record', old,
            'record', new,
            'operation', operation,
            'table', table_name,
            'schema', table_schema
        ),
        event_name,
        topic_name
    );
exception
    when others then
        raise exception 'Failed to process the row: %', sqlerrm;
end $$;

comment on function realtime.broadcast_changes(
    text, text, text, text, text, record, record, text
) is
'For a row trigger: broadcasts the old and the new row to the private topic `topic_name`.';

alter function realtime.topic() owner to supabase_realtime_admin;
alter function realtime.send(jsonb, text, text, boolean) owner to supabase_realtime_admin;
alter function realtime.broadcast_changes(
    text, text, text, text, text, record, record, text
) owner to supabase_realtime_admin;

-- Ours alone, from here on: what stands in for logical replication.
--
-- PostgreSQL lets transactions that notify commit one after another: senders become three times
-- slower, which hosted Realtime does not impose. So nothing is notified while nobody listens.

create unlogged table realtime.listeners (
    pid integer not null primary key,
    since timestamp with time zone not null default clock_timestamp()
);

comment on table realtime.listeners is
'Backends that called realtime.listen(); one that has gone may stay until the next call.';

alter table realtime.listeners enable row level security;

create function realtime.listen()
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    delete from realtime.listeners as l
    where not exists (select from pg_catalog.pg_stat_activity as a where a.pid = l.pid);

    insert into realtime.listeners (pid)
    values (pg_catalog.pg_backend_pid())
    on conflict do nothing;

    listen realtime_messages;
end $$;

comment on function realtime.listen() is
'Makes this session hear, on channel realtime_messages, the id of each message sent by transactions
that begin after this one commits.';

revoke all on function realtime.listen() from public;
grant execute on function realtime.listen() to postgres;

create function realtime.tg_messages__tell_listeners()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if exists (select from realtime.listeners) then
        perform pg_catalog.pg_notify('realtime_messages', s.id::text) from sent as s;
    end if;
    return null;
end $$;

comment on function realtime.tg_messages__tell_listeners() is
'Tells listeners the id of each new message, and nothing else of it.';

revoke all on function realtime.tg_messages__tell_listeners() from public;

create trigger tell_listeners
after insert on realtime.messages
referencing new table as sent
for each statement
execute function realtime.tg_messages__tell_listeners();
