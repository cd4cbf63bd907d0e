-- Players in a row from one on, each with an address and a device of their own.
select to_jsonb(answer) as answer
from public.join_pots((
    select
        jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
            'pot_id', md5('pot ' || :pot::text)::uuid,
            'user_id', md5('player ' || p.number)::uuid,
            'ticket_count', 1,
            'idempotency_key', case when :keys::integer = 1 then gen_random_uuid() end,
            'ip', format(
                '%s.%s.%s.%s', 1 + p.number / 16777216, p.number / 65536 % 256,
                p.number / 256 % 256, p.number % 256
            ),
            'device', md5('player ' || p.number)::uuid,
            'region', 'DE'
        )))
    from (
        select 1 + (:player::integer + n) % :players::integer as number
        from generate_series(1, :batch::integer) as numbers (n)
    ) as p
)) as answer;
commit;
