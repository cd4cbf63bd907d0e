-- What every metric of a span of time begins with.
--
-- Guards, in order: bucket is a grain; from and to are of the years 1 to 9999, where no bucket is
-- out of range, from before to; at most 1000 buckets; who calls.
-- Raises: invalid_argument, login_required, not_allowed.
create or replace function private.metric_buckets(
    p_from timestamptz, p_to timestamptz, p_bucket text
)
returns table (bucket timestamptz, seconds integer)
language plpgsql
stable
set search_path = ''
as $$
declare
    c_most constant integer := 1000;
    c_first constant timestamptz := timestamptz '0001-01-01T00:00:00Z';
    c_last constant timestamptz := timestamptz '9999-12-31T00:00:00Z';
    v_seconds integer;
    v_to timestamptz := coalesce(p_to, private.now());
    v_from timestamptz;
begin
    v_seconds := case p_bucket
        when 'five_minutes' then 300
        when 'hour' then 3600
        when 'day' then 86400
    end;
    if v_seconds is null then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'bucket', 'expected', 'five_minutes, hour or day'
        ));
    end if;
    if v_to not between c_first and c_last then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'to', 'expected', 'a time of the years 1 to 9999'
        ));
    end if;
    v_from := coalesce(p_from, v_to - make_interval(secs => 24 * v_seconds));
    if v_from < c_first
        or v_from >= v_to
        or extract(epoch from v_to) - extract(epoch from v_from) > c_most * v_seconds
    then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'from', 'expected', format('before to, by at most %s buckets', c_most)
        ));
    end if;
    perform private.require_standing();
    return query
    select s.bucket, v_seconds
    from generate_series(
        private.metric_bucket(p_bucket, v_from), v_to - interval '1 microsecond',
        make_interval(secs => v_seconds)
    ) as s (bucket);
end $$;

comment on function private.metric_buckets(timestamptz, timestamptz, text) is
'The buckets from that of p_from to that before p_to, and how long each is. p_to NULL: until now; '
'p_from NULL: 24 buckets. Fails with invalid_argument.';

revoke all on function private.metric_buckets(timestamptz, timestamptz, text)
from public, anon, authenticated, service_role;
