-- The class that a time falls into
create or replace function private.metric_class(p_metric text, p_time interval)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
    select coalesce(min(b.bound)::text, 'more')
    from unnest(case p_metric
        when 'fill' then
            -- 90 seconds, the target, is a bound.
            '{5,10,15,20,25,30,35,40,45,50,55,60,65,70,75,80,85,90,95,100,105,110,115,120,150,180,'
            '210,240,270,300,360,420,480,540,600,900,1800,3600}'::numeric[]
        when 'settle' then
            '{0.05,0.1,0.2,0.5,1,2,5,10,20,30,40,60,90,120,180,300,600,1800,3600}'::numeric[]
    end) as b (bound)
    where b.bound >= extract(epoch from p_time)
    having p_time is not null
$$;

comment on function private.metric_class(text, interval) is
'The class of histogram p_metric (fill, settle) that a time falls into: its upper bound in '
'seconds, which belongs to it, as text, or more; NULL of NULL.';

revoke all on function private.metric_class(text, interval)
from public, anon, authenticated, service_role;
