-- ip_hash and device_hash are HMACs under the operator's pepper, so that equal ones compare equal
-- and the address itself is nowhere.

begin;
\ir ../support/helpers.sql
select plan(5);

select make_user('ann', 100);
select open_pot('big');
select headers('{"cf-connecting-ip": "203.0.113.77", "x-device-id": "device-4711"}');
select join_pot('ann', 'big', 1);
select join_pot('ann', 'big', 1);
select headers('{"cf-connecting-ip": "203.0.113.78"}');
select join_pot('ann', 'big', 1);

select is(
    array_agg(e.ip_hash order by e.seq),
    array(
        select encode(extensions.hmac(
            convert_to('pots/ip/v1', 'UTF8') || '\x00' || convert_to(a.address, 'UTF8'),
            p.secret, 'sha256'
        ), 'hex')
        from unnest('{203.0.113.77,203.0.113.77,203.0.113.78}'::text[]) as a (address)
        cross join private.peppers as p
    ),
    'the address, hashed under the pepper'
)
from public.pot_entries as e;
select is(
    array_agg(e.device_hash order by e.seq),
    array(
        select case when g.n < 3 then encode(extensions.hmac(
            convert_to('pots/device/v1', 'UTF8') || '\x00' || 'device-4711'::bytea,
            p.secret, 'sha256'
        ), 'hex') end
        from generate_series(1, 3) as g (n)
        cross join private.peppers as p
    ),
    'the device too; NULL when it does not say'
)
from public.pot_entries as e;

create function pg_temp.tables_that_say(p_text text)
returns text[]
language plpgsql
as $$
declare
    v_table text;
    v_found text[] := '{}';
    v_says boolean;
begin
    for v_table in select t.name from rows_of_all_tables() as t loop
        execute format('select exists (select from %s as t where t::text like $1)', v_table)
        into v_says
        using '%' || p_text || '%';
        if v_says then
            v_found := v_found || v_table;
        end if;
    end loop;
    return v_found;
end $$;
select is(pg_temp.tables_that_say('203.0.113'), '{}', 'the address itself is in no table');
select is(pg_temp.tables_that_say('device-4711'), '{}', 'nor is the device');
select isnt(pg_temp.tables_that_say(user_id('ann')::text), '{}', 'the search finds what is there');

select * from finish();
rollback;
