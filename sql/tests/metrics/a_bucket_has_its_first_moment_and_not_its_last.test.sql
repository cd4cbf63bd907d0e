-- What happens at the border of two buckets is of the later one: at the beginning of a span it
-- counts, at its end it does not.

begin;
\ir ../support/helpers.sql
select plan(2);

select freeze_time('2030-01-01 14:00:00Z');
select open_pot('big');
-- Raised and reviewed at one moment each: the two borders, and just before the second.
insert into private.flags (
    pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
)
select pot_id('big'), user_id('ann'), f.kind, 0.5, '{}', 'join', 'note', f.at, private.now()
from (values
    ('at_the_first', timestamptz '2030-01-01 12:00:00Z'),
    ('before_the_end', '2030-01-01 12:59:59.999999Z'),
    ('at_the_end', '2030-01-01 13:00:00Z')
) as f (kind, at);
update private.flags
set status = 'cleared', reviewed_by = gen_random_uuid(), reviewed_at = created_at
where true;
create function pg_temp.flags(p_from text, p_to text)
returns jsonb
language sql
as $$
    select jsonb_agg(jsonb_build_array(f -> 'kind', f -> 'raised', f -> 'cleared'))
    from jsonb_array_elements(rpc('pot_compliance:carol', 'metric_flags', jsonb_build_object(
        'from', p_from, 'to', p_to, 'bucket', 'hour'
    ))) as f
$$;

select is(
    pg_temp.flags('2030-01-01T12:00:00Z', '2030-01-01T13:00:00Z'),
    '[["at_the_first", 1, 1], ["before_the_end", 1, 1]]', 'an hour'
);
select is(
    pg_temp.flags('2030-01-01T13:00:00Z', '2030-01-01T14:00:00Z'),
    '[["at_the_end", 1, 1]]', 'and the hour after it'
);

select * from finish();
rollback;
