select to_jsonb(answer) as answer
from bench.naive_join(md5('pot ' || :pot::text)::uuid, 1) as answer;
commit;
