-- What the tests of detection tell their stories with besides: who joins from where. Included after
-- helpers.sql.

create function tests.join_from(
    p_player text, p_pot text, p_ticket_count integer, p_address text, p_device text
)
returns jsonb
language plpgsql
as $$
begin
    if not exists (select from auth.users as u where u.id = tests.user_id(p_player)) then
        perform tests.make_user(p_player, 1000000);
    end if;
    perform tests.headers(jsonb_strip_nulls(jsonb_build_object(
        'cf-connecting-ip', p_address, 'x-device-id', p_device
    )));
    return tests.join_pot(p_player, p_pot, p_ticket_count);
end $$;
comment on function tests.join_from(text, text, integer, text, text) is
'The player, who is made and funded the first time, buys tickets from an address and a device.';

create function tests.honest(p_number integer)
returns text
language sql
immutable
as $$
    select 'honest ' || p_number
$$;
comment on function tests.honest(integer) is 'Name of the nth of the players who share nothing.';

create function tests.join_honest(p_pot text, p_number integer, p_ticket_count integer default 1)
returns jsonb
language sql
as $$
    select tests.join_from(
        tests.honest(p_number), p_pot, p_ticket_count,
        format('198.51.%s.%s', 100 + p_number / 250, 1 + p_number % 250),
        'device ' || p_number
    )
$$;
comment on function tests.join_honest(text, integer, integer) is
'The nth of the players who share nothing buys tickets from an address and a device of its own.';

create function tests.flags(p_pot text)
returns table (player text, kind text, score numeric, effect text, evidence jsonb)
language sql
as $$
    select
        coalesce((
            select split_part(u.email, '@', 1) from auth.users as u where u.id = f.user_id
        ), f.user_id::text),
        f.kind, f.score, f.effect, f.evidence
    from private.flags as f
    where f.pot_id = tests.pot_id(p_pot)
    order by 1, 2
$$;
comment on function tests.flags(text) is 'The flags of the pot, by player and kind.';

create function tests.suspects(p_pot text)
returns text[]
language sql
as $$
    select coalesce(array_agg(distinct f.player order by f.player), '{}')
    from tests.flags(p_pot) as f
    where f.effect = 'hold'
$$;
comment on function tests.suspects(text) is 'Whose payout would be held, by name.';
