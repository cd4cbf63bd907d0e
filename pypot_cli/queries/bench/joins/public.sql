select to_jsonb(answer) as answer
from public.join_pot(
    pot_id => md5('pot ' || :pot::text)::uuid,
    ticket_count => 1,
    idempotency_key => case when :keys::integer = 1 then gen_random_uuid()::text end
) as answer;
commit;
