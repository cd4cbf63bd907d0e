-- Guard rails: where a request comes from, what an operator limits, what players limit themselves.
--
--   peppers ──1:n── pot_states      the secret under which a pot keeps addresses and devices
--   guard_rails (scope, rule)       limits by user, template, region or for all
--   staff                           who may not play
--   play_limits, play_breaks        what a player set for oneself

-- ------------------------------------------------------------------------------------- the request

create type private.request_context as (
    ip_hash text,
    device_hash text,
    region text,
    correlation_id text
);
comment on type private.request_context is
'Where a request comes from, as far as the trusted headers tell: hashes of its address and its '
'device under a pot''s pepper (NULL when not known), its region (XX when not known) and its '
'correlation id.';

create table private.peppers (
    id bigint generated always as identity primary key,
    secret bytea check (octet_length(secret) = 32),
    vault_id uuid,
    created_at timestamptz not null,
    retired_at timestamptz,
    destroyed_at timestamptz,
    -- In this table, in Vault, or nowhere any more.
    constraint peppers_place_check check (
        num_nonnulls(secret, vault_id, destroyed_at) = 1
        and (destroyed_at is null or retired_at is not null)
    )
);
create unique index peppers_in_use_idx on private.peppers ((true)) where retired_at is null;
comment on table private.peppers is
'Secrets under which addresses and devices are hashed: in Vault where Supabase has it (vault_id), '
'else here. New pots take the one that is not retired; a retired one is destroyed once no open pot '
'uses it.';

insert into private.peppers (secret, created_at)
select s.fingerprint_pepper, clock_timestamp() from private.settings as s;

alter table private.pot_states
add column pepper_id bigint not null default 1 references private.peppers (id);
alter table private.pot_states alter column pepper_id drop default;
create index pot_states_pepper_id_idx on private.pot_states (pepper_id);
comment on column private.pot_states.pepper_id is
'The pepper that the pot opened with and keeps, so that all its entries compare.';

alter table public.pot_entries
add column region text check (region ~ '^[A-Z][A-Z0-9]$'),
add column correlation_id text check (length(correlation_id) between 1 and 200);
comment on column public.pot_entries.region is
'Where its request came from: ISO 3166, XX when not known, T1 for Tor; never shown to players.';
comment on column public.pot_entries.correlation_id is
'The correlation id of its request; never shown to players.';

-- ------------------------------------------------------------------------------------- guard rails

create table private.guard_rails (
    rail_id bigint generated always as identity primary key,
    scope text not null check (scope in ('global', 'region', 'template', 'user')),
    scope_id text not null,
    rule text not null check (rule ~ '^[a-z][a-z_]{1,39}$'),
    value jsonb not null check (jsonb_typeof(value) in ('number', 'array', 'string')),
    reason text not null,
    updated_by uuid not null,
    updated_at timestamptz not null,
    constraint guard_rails_scope_rule_key unique (scope, scope_id, rule),
    constraint guard_rails_scope_id_check check ((scope = 'global') = (scope_id = ''))
);
comment on table private.guard_rails is
'What the operator limits: a rule''s value for a user, a template (by name), a region (ISO 3166) '
'or '
'for all (scope_id empty). The narrowest holds, in that order; "off" lifts a wider one. No row: no '
'limit.';

-- What the settings held becomes rails for all.
insert into private.guard_rails (scope, scope_id, rule, value, reason, updated_by, updated_at)
select 'global', '', r.rule, r.value, 'taken over from the settings', a.actor_id, clock_timestamp()
from private.settings as s
cross join lateral (
    values
    (
        'blocked_regions',
        case when s.blocked_regions <> '{}' then to_jsonb(s.blocked_regions) end
    ),
    ('joins_per_minute', to_jsonb(s.max_joins_per_minute))
) as r (rule, value)
cross join (select gen_random_uuid()) as a (actor_id)
where r.value is not null;

alter table private.settings
drop column blocked_regions,
drop column max_joins_per_minute,
drop column fingerprint_pepper,
add column trusted_hops integer check (trusted_hops between 0 and 20);
comment on table private.settings is 'The operator''s settings, one row.';
comment on column private.settings.ip_header is
'The header in which the edge tells a client''s address and which no client can set. '
'x-forwarded-for is read by trusted_hops only.';
comment on column private.settings.trusted_hops is
'How many proxies of the operator''s append to x-forwarded-for: then the address is that many from '
'the right, and ip_header is not read. NULL or 0: x-forwarded-for is never read.';

create table private.staff (
    user_id uuid primary key,
    reason text not null,
    added_by uuid not null,
    added_at timestamptz not null
);
comment on table private.staff is
'Who works for the operator and so may not join pots: named by compliance, or having acted as one '
'of the pot_* roles.';

-- ----------------------------------------------------------------------------------------- players

create table private.play_limits (
    user_id uuid not null,
    period text not null check (period in ('day', 'week', 'month')),
    credits bigint check (credits between 0 and 9007199254740991),
    next_credits bigint check (next_credits between 0 and 9007199254740991),
    next_at timestamptz,
    updated_at timestamptz not null,
    primary key (user_id, period),
    constraint play_limits_next_check check (
        next_at is not null or next_credits is null
    )
);
comment on table private.play_limits is
'What a player will spend at most in 24 hours, 7 or 30 days: credits (NULL: no limit), and from '
'next_at on next_credits.';

create table private.play_breaks (
    id bigint generated always as identity primary key,
    user_id uuid not null,
    kind text not null check (kind in ('cool_off', 'self_excluded')),
    started_at timestamptz not null,
    ends_at timestamptz not null,
    constraint play_breaks_order_check check (ends_at > started_at)
);
create index play_breaks_user_idx on private.play_breaks (user_id, ends_at desc);
comment on table private.play_breaks is
'Cool-offs and self-exclusions that players began, append-only: none ends before its time.';

create type public.guard_rail as (
    rail_id bigint,
    scope text,
    scope_id text,
    rule text,
    value jsonb,
    reason text,
    updated_by uuid,
    updated_at text
);
comment on type public.guard_rail is
'One limit that is set: where, which, how much, why, by whom (a pseudonym) and when.';

create type public.staff_member as (user_id uuid, reason text, added_by uuid, added_at text);
comment on type public.staff_member is
'Somebody who may not join pots: why, named by whom (a pseudonym) and when.';

-- Changed signatures.
drop function private.fingerprint(text, text);
drop function private.refuse_player(text, text, uuid);

alter table private.peppers enable row level security;
alter table private.guard_rails enable row level security;
alter table private.staff enable row level security;
alter table private.play_limits enable row level security;
alter table private.play_breaks enable row level security;
do $$
declare
    v_table text;
begin
    foreach v_table in array array[
        'peppers', 'guard_rails', 'staff', 'play_limits', 'play_breaks'
    ] loop
        execute format(
            'create policy %1$s_nobody on private.%1$s for all to public '
            'using (false) with check (false)',
            v_table
        );
        execute format(
            'revoke all on private.%1$s from public, anon, authenticated, service_role, '
            'pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury',
            v_table
        );
    end loop;
end $$;
revoke all on all sequences in schema private from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
