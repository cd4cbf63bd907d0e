-- Players in a row from one on, each with an address and a device of their own, as the text that a
-- server hands in: what it writes itself is not for the database to do.
select to_jsonb(answer) as answer
from public.join_pots((
    select
        replace(
            replace(
                '[' || string_agg(
                    '{' || a.item || case when :keys::integer = 1 then a.key else '' end || '}', ','
                ) || ']',
                '{pot}', md5('pot ' || :pot::text)::uuid::text
            ),
            '{batch}', gen_random_uuid()::text
        )::jsonb
    from bench.asked as a
    where a.number in (
        select 1 + (:player::integer + n) % :players::integer
        from generate_series(1, :batch::integer) as numbers (n)
    )
)) as answer;
commit;
